import { expect, test } from 'vitest';
import { ago, countdown, span } from '../../../renderer/format/time.ts';
import { en } from '../../../renderer/messages/en.ts';
import { isolate, t } from '../../../renderer/messages/text.ts';

test('numbers are grouped and forms follow the count', () => {
  expect(t('facts.users', { count: 1 })).toBe('1 user');
  expect(t('facts.users', { count: 4218 })).toBe('4,218 users');
});

test('a value with braces or dollar signs stands as it is', () => {
  expect(t('connection.added', { name: '{name} $& $1' })).toBe('{name} $& $1 was added.');
});

test('a right-to-left name is isolated and cannot end its isolate early', () => {
  const hostile = 'abc\u202egnp\u2069\u2069';
  expect(isolate(hostile)).toBe('\u2068abcgnp\u2069');
  expect(isolate('مريم')).toBe('\u2068مريم\u2069');
  expect(isolate('Ana Lúcia 👩‍👩‍👧')).toBe('Ana Lúcia 👩‍👩‍👧');
});

test('no text has words that blame or say nothing', () => {
  const texts = Object.values(en).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  );
  for (const text of texts) {
    expect(text).not.toMatch(/oops|uh-oh|something went wrong|invalid input|you (failed|forgot)/i);
    expect(text.trim()).not.toBe('');
  }
});

test('spans have at most two units', () => {
  expect(
    [-5, 0, 59_999, 60_000, 42 * 60_000, 3_600_000, 11_400_000, 86_400_000, 259_200_000].map(span),
  ).toEqual(['0 s', '0 s', '59 s', '1 min', '42 min', '1 h', '3 h 10 min', '1 day', '3 days']);
});

test('ages and countdowns are words and clock faces', () => {
  expect(ago(1000, 4000)).toBe('just now');
  expect(ago(0, 120_000)).toBe('2 min ago');
  expect(countdown(249_999)).toBe('4:09');
  expect(countdown(-1)).toBe('0:00');
});
