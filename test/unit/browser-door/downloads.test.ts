import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Call } from '../../../main/bridge/dispatcher.ts';
import { createDownloads, sendDownload } from '../../../main/browser/downloads.ts';
import type { ReadyExport } from '../../../main/console/export-lists.ts';
import { fail, ok } from '../../../preload/errors.ts';

const call: Call = { signal: new AbortController().signal, progress: () => undefined };

type Content = () => ReturnType<ReadyExport['content']>;

function exportOf(content: Content): ReadyExport {
  return { fileName: 'latchkey-users-2026-11-22.csv', format: 'csv', rows: 2, content };
}
const oneRow: Content = async function* () {
  yield await Promise.resolve(ok(Buffer.from('a\r\n')));
};
const whole = exportOf(oneRow);

function opened(): {
  deliver: () => Promise<string>;
  take: (path: string) => unknown;
  clock: { at: number };
} {
  const clock = { at: 0 };
  const downloads = createDownloads({ now: () => clock.at });
  return {
    clock,
    take: (path) => downloads.take(path),
    deliver: async () => {
      const delivered = await downloads.deliver(whole, call);
      return delivered.ok && delivered.value.kind === 'download' ? delivered.value.url.slice(1) : '';
    },
  };
}

test('an address that nobody can guess gives its file once', async () => {
  const { deliver, take } = opened();
  const [first, second] = [await deliver(), await deliver()];
  expect(first).toMatch(/^\/download\/[\w-]{43}$/);
  expect(second).not.toBe(first);
  expect(take('/download/')).toBeUndefined();
  expect(take(first)).toBe(whole);
  expect(take(first)).toBeUndefined();
  expect(take(second)).toBe(whole);
});

test('it gives nothing after two minutes, and few files wait', async () => {
  const { deliver, take, clock } = opened();
  const late = await deliver();
  clock.at = 2 * 60_000;
  expect(take(late)).toBeUndefined();
  const all: string[] = [];
  for (let count = 0; count < 9; count += 1) all.push(await deliver());
  expect(all.map((path) => take(path) !== undefined)).toEqual([false, ...Array<boolean>(8).fill(true)]);
});

/** What a browser gets of a download. */
async function sent(content: Content): Promise<{ text: string; whole: boolean }> {
  const stream = new PassThrough();
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  const closed = new Promise((resolve) => stream.once('close', resolve));
  const response = Object.assign(stream, { setHeader: () => undefined }) as unknown as ServerResponse;
  await sendDownload(response, exportOf(content));
  await closed;
  return { text: Buffer.concat(pieces).toString(), whole: stream.readableEnded };
}

test('a file that cannot be made whole is broken off, so that no half is taken for it', async () => {
  expect(await sent(oneRow)).toEqual({ text: 'a\r\n', whole: true });
  const failing = await sent(async function* () {
    yield await Promise.resolve(ok(Buffer.from('a\r\n')));
    yield fail('network_unreachable', 'Gone.', 'Again.');
  });
  expect(failing.whole).toBe(false);
  const throwing = await sent(async function* () {
    yield await Promise.resolve(ok(Buffer.from('a\r\n')));
    throw new Error('broken');
  });
  expect(throwing.whole).toBe(false);
});
