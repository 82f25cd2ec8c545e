import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { deadline } from '../../../main/vault/deadline.ts';

test('an answer that arrived while the process was kept from reading comes before the deadline', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [accepted] = (await once(server, 'connection')) as [Socket];
  await once(client, 'connect');
  try {
    const events: string[] = [];
    const both = Promise.withResolvers<undefined>();
    const note = (event: string): void => {
      if (events.push(event) === 2) both.resolve(undefined);
    };
    accepted.once('data', () => note('answer'));
    await nextTurn();
    client.write('an answer');
    deadline(5, () => note('deadline'));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    await both.promise;
    expect(events).toEqual(['answer', 'deadline']);
  } finally {
    client.destroy();
    server.close();
  }
});

test('a deadline that was called off does not come', async () => {
  let came = false;
  const callOff = deadline(0, () => (came = true));
  callOff();
  await new Promise((resolve) => deadline(1, () => resolve(undefined)));
  expect(came).toBe(false);
});
