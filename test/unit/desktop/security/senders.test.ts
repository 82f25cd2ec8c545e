import { EventEmitter } from 'node:events';
import type { IpcMain } from 'electron';
import { expect, test } from 'vitest';
import { onTrusted } from '../../../../main/desktop/security/senders.ts';

function ipc(): { send: (event: object) => void; heard: unknown[]; refused: () => number; stop: () => void } {
  const events = new EventEmitter();
  const heard: unknown[] = [];
  let refused = 0;
  const stop = onTrusted(
    events as unknown as IpcMain,
    'latchkey',
    { id: 7 },
    (message) => heard.push(message),
    () => (refused += 1),
  );
  return {
    send: (event) => void events.emit('latchkey', event, 'message'),
    heard,
    refused: () => refused,
    stop,
  };
}

const ours = { url: 'app://latchkey/#/users', parent: null };

test('the page in the window is heard', () => {
  const { send, heard, refused } = ipc();
  send({ sender: { id: 7 }, senderFrame: ours });
  expect(heard).toEqual(['message']);
  expect(refused()).toBe(0);
});

test.each([
  ['another window', { sender: { id: 8 }, senderFrame: ours }],
  ['a frame in the page', { sender: { id: 7 }, senderFrame: { ...ours, parent: {} } }],
  ['another page', { sender: { id: 7 }, senderFrame: { ...ours, url: 'https://evil.example/' } }],
  ['another host of the scheme', { sender: { id: 7 }, senderFrame: { ...ours, url: 'app://other/' } }],
  ['a frame that has gone', { sender: { id: 7 }, senderFrame: null }],
])('%s is not heard', (_, event) => {
  const { send, heard, refused } = ipc();
  send(event);
  expect(heard).toEqual([]);
  expect(refused()).toBe(1);
});

test('nobody is heard after the end', () => {
  const { send, heard, stop } = ipc();
  stop();
  send({ sender: { id: 7 }, senderFrame: ours });
  expect(heard).toEqual([]);
});
