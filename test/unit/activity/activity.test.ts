import { expect, test } from 'vitest';
import { createActivity } from '../../../main/activity/activity.ts';
import { exportActivity } from '../../../main/activity/export.ts';
import type { RequestRecord } from '../../../main/http/seam.ts';
import { fail } from '../../../preload/errors.ts';

const failure = fail('timeout', 'It took too long.', 'Try again.').error;

function request(changes: Partial<RequestRecord> = {}): RequestRecord {
  return {
    at: Date.UTC(2026, 2, 1, 8),
    purpose: 'api',
    connection: 'c1',
    attempt: 1,
    method: 'GET',
    host: 'api.vendor.example',
    path: '/v1/sites?page=2',
    status: 200,
    milliseconds: 12,
    bytes: 340,
    proxy: null,
    failure: null,
    ...changes,
  };
}

test('what happened is listed newest first, and the oldest goes when there is too much', () => {
  const activity = createActivity(3);
  for (const path of ['/a', '/b', '/c', '/d']) activity.request(request({ path }));
  expect(activity.entries().map((entry) => [entry.number, entry.kind === 'request' && entry.path])).toEqual([
    [4, '/d'],
    [3, '/c'],
    [2, '/b'],
  ]);
});

test('it is narrowed by connection, by failure and by words, together', () => {
  const activity = createActivity();
  activity.request(request());
  activity.request(request({ connection: 'c2', status: 429 }));
  activity.request(request({ status: null, failure, host: 'id.vendor.example', purpose: 'token' }));
  activity.session({ at: 0, connection: 'c2', change: 'refused', failure });
  activity.session({ at: 0, connection: 'c1', change: 'signed_in', failure: null });
  const numbers = (filter: Parameters<typeof activity.entries>[0]): number[] =>
    activity.entries(filter).map(({ number }) => number);
  expect(numbers({})).toEqual([5, 4, 3, 2, 1]);
  expect(numbers({ connection: 'c2' })).toEqual([4, 2]);
  expect(numbers({ failed: true })).toEqual([4, 3, 2]);
  expect(numbers({ connection: 'c1', failed: true })).toEqual([3]);
  expect(numbers({ search: 'ID.vendor' })).toEqual([3]);
  expect(numbers({ search: 'timeout' })).toEqual([4, 3]);
  expect(numbers({ search: '429', failed: true })).toEqual([2]);
});

test('listeners hear of each entry', () => {
  const activity = createActivity();
  let heard = 0;
  activity.onChanged(() => (heard += 1));
  activity.request(request());
  activity.session({ at: 0, connection: 'c1', change: 'renewed', failure: null });
  expect(heard).toBe(2);
});

const head = {
  latchkey: '0.1.0',
  platform: 'linux-x64',
  node: '24.0.0',
  exportedAt: '2026-03-01T08:00:00.000Z',
};
const lines = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('an export says what it is, names connections, and goes forward in time', () => {
  const activity = createActivity();
  activity.request(request());
  activity.session({ at: 1000, connection: 'gone', change: 'ended', failure });
  const [first, ...entries] = lines(exportActivity(activity.entries(), new Map([['c1', 'harbour']]), head));
  expect(first).toEqual({ ...head, entries: 2, leftOut: 0 });
  expect(entries).toMatchObject([
    { number: 1, at: '2026-03-01T08:00:00.000Z', connection: 'harbour', kind: 'request', status: 200 },
    {
      number: 2,
      at: '1970-01-01T00:00:01.000Z',
      connection: 'gone',
      change: 'ended',
      failure: { code: 'timeout' },
    },
  ]);
});

test('an export that would be too long keeps the newest and says how many are left out', () => {
  const activity = createActivity();
  for (let index = 0; index < 100; index += 1) activity.request(request());
  const text = exportActivity(activity.entries(), new Map(), head, 2000);
  const [first, ...entries] = lines(text);
  expect(text.length).toBeLessThan(2300);
  expect(entries.at(-1)).toMatchObject({ number: 100 });
  expect(first).toMatchObject({ entries: entries.length, leftOut: 100 - entries.length });
});
