import { expect, test } from 'vitest';
import { createSkewMeter } from '../../../main/http/skew.ts';

const now = Date.UTC(2026, 10, 22, 12, 0, 0);
const origin = 'https://id.vendor.example';

function skewOf(headers: Record<string, string>, sentMs: number, receivedMs: number): number | null {
  const meter = createSkewMeter();
  meter.note(origin, new Headers(headers), sentMs, receivedMs);
  return meter.skewSeconds(origin);
}

const date = 'Sun, 22 Nov 2026 12:00:00 GMT';

test.each([0, 250, 500, 999])(
  'a clock that is right is not called wrong for the header being cut to seconds (%d ms past)',
  (ms) => {
    expect(skewOf({ date }, now + ms, now + ms)).toBe(0);
  },
);

test('the date was written half a round trip ago', () => {
  expect(skewOf({ date }, now - 60_500, now - 59_500)).toBe(61);
  expect(skewOf({ date }, now - 1000, now + 3000)).toBe(0);
});

test('a clock that is behind gives a negative difference', () => {
  expect(skewOf({ date }, now + 90_000, now + 90_000)).toBe(-89);
});

test.each([{}, { date: 'yesterday' }, { date, age: '30' }])('%j says nothing about the clock', (headers) => {
  expect(skewOf(headers as Record<string, string>, now, now)).toBeNull();
});

test('the last answer counts, for each origin by itself', () => {
  const meter = createSkewMeter();
  meter.note(origin, new Headers({ date }), now - 10_000, now - 10_000);
  meter.note('https://api.vendor.example', new Headers({ date }), now, now);
  meter.note(origin, new Headers({ date }), now - 20_000, now - 20_000);
  expect(meter.skewSeconds(origin)).toBe(21);
  expect(meter.skewSeconds('https://api.vendor.example')).toBe(0);
  expect(meter.skewSeconds('https://other.example')).toBeNull();
});
