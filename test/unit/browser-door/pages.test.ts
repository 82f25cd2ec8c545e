import { expect, test } from 'vitest';
import { page } from '../../../main/browser/pages.ts';

test('an address that is used up leads back to the terminal, whatever command was typed there', () => {
  for (const name of ['closed', 'used', 'misdirected', 'not_built'] as const)
    expect(page(name).html).not.toMatch(/latchkey serve|npm start/);
  expect(page('used').html).toContain('in the terminal where you started it');
});
