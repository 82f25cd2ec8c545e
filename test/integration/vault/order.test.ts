import { afterEach, beforeEach, expect, test } from 'vitest';
import { messageBus } from '../../../main/vault/dbus/bus.ts';
import { lookAtSecretService } from '../../../main/vault/dbus/secret-service.ts';
import { type TestBus, startBus } from '../../support/keyring.ts';
import { claimSecretService } from '../../support/secret-service.ts';

// In which order a new caller asks: another one has ended real gnome-keyrings (main/vault/dbus/secret-service.ts).

let bus: TestBus;
beforeEach(async () => {
  bus = await startBus();
});
afterEach(() => bus.stop());

const collection = '/org/freedesktop/secrets/collection/login';
const look = () => lookAtSecretService({ env: bus.env, timeoutMs: 20_000 });

test('nothing is asked beside a first ReadAlias, and no property by way of an alias', async () => {
  const asked: string[] = [];
  let answered = false;
  await claimSecretService(bus, (call, service) => {
    asked.push(`${call.member} ${call.path} ${answered ? 'after' : 'before'}`);
    if (call.member === 'Get') return { signature: 'v', body: [{ signature: 'b', value: false }] };
    // After a round trip, so that whatever was sent along with it is here first.
    void service.call({ ...messageBus, member: 'GetId' }, 20_000).then(() => {
      answered = true;
      service.send({
        type: 'reply',
        replySerial: call.serial,
        destination: call.sender,
        signature: 'o',
        body: [collection],
      });
    });
    return 'silence';
  });
  expect(await look()).toEqual({ state: 'open', collection });
  expect(asked).toEqual(['ReadAlias /org/freedesktop/secrets before', `Get ${collection} after`]);
});

test('"there is no default keyring" is believed when it is said twice', async () => {
  const answers = ['/', collection, '/', '/'];
  await claimSecretService(bus, (call) =>
    call.member === 'ReadAlias'
      ? { signature: 'o', body: [answers.shift() ?? ''] }
      : { signature: 'v', body: [{ signature: 'b', value: false }] },
  );
  expect(await look()).toEqual({ state: 'open', collection });
  expect(await look()).toEqual({ state: 'locked', collection: null });
});
