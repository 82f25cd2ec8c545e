import { expect, test } from 'vitest';
import { short, visible, visibleJson } from '../../../renderer/format/visible.ts';

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

test('a stranger’s text in a sentence is short, and says that it was cut', () => {
  expect(short('bloked')).toBe('bloked');
  expect(short(`${'a'.repeat(59)}👷 and more`)).toBe(`${'a'.repeat(59)}…`);
  expect(short('\u202eevil')).toBe('\ufffdevil');
});
