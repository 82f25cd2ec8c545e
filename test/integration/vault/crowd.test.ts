import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { expect, test } from 'vitest';
import { messageBus } from '../../../main/vault/dbus/bus.ts';
import { lookAtSecretService } from '../../../main/vault/dbus/secret-service.ts';
import { startBus } from '../../support/keyring.ts';

// Fifty commands that begin at once are more than a bus keeps waiting at its door (listen(2), EAGAIN of connect(2)).

test('a bus with a crowd at its door is waited for, not called absent', async () => {
  const bus = await startBus();
  const crowd: Socket[] = [];
  /** One more at the door; what became of it. */
  const push = async (): Promise<string> => {
    const socket = connect({ path: bus.socket });
    crowd.push(socket);
    return once(socket, 'connect').then(
      () => 'waits',
      (error: unknown) => (error as NodeJS.ErrnoException).code ?? '',
    );
  };
  const answer = await (
    await bus.connect()
  ).call(
    {
      ...messageBus,
      member: 'GetConnectionUnixProcessID',
      signature: 's',
      body: [messageBus.destination],
    },
    20_000,
  );
  const daemon = Number(answer.outcome === 'reply' ? answer.body[0] : NaN);
  process.kill(daemon, 'SIGSTOP');
  try {
    while ((await push()) === 'waits');
    const look = lookAtSecretService({ env: bus.env, timeoutMs: 20_000 });
    expect(await push()).toBe('EAGAIN'); // and so was the look before it
    for (const socket of crowd) socket.destroy();
    process.kill(daemon, 'SIGCONT');
    expect(await look).toEqual({ state: 'no_service' });
  } finally {
    process.kill(daemon, 'SIGCONT');
    await bus.stop();
  }
});
