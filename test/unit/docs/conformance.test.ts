import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tables } from '../../integration/conformance/document.ts';
import { plans } from '../../integration/conformance/plans.ts';

const text = readFileSync(new URL('../../../docs/conformance.md', import.meta.url), 'utf8');

test('the page shows every module that is replayed, with its verdict', () => {
  expect(text.slice(text.indexOf('\n## ') + 1).trim()).toBe(tables(plans));
});
