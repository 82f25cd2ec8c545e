import { expect, test } from 'vitest';
import { visible, visibleJson } from '../../../renderer/format/visible.ts';

test('a text that would read as another one shows where', () => {
  expect(visible('https://good.example\u202egpj')).toBe('https://good.example\ufffdgpj');
  expect(visible('a\n\u001b\u009b\u2066b')).toBe('a\ufffd\ufffd\ufffd\ufffdb');
  expect(visible('José 李雷 שלום 👩‍👩‍👧')).toBe('José 李雷 שלום 👩‍👩‍👧');
});

test('JSON stays the same JSON', () => {
  const value = { iss: 'a\u202eb\u009b\u2028', b: ['שלום'] };
  const json = visibleJson(JSON.stringify(value, null, 2));
  expect(json).toContain('\n  "iss": "a\\u202eb\\u009b\\u2028"');
  expect(JSON.parse(json)).toEqual(value);
});
