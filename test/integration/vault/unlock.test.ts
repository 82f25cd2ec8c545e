import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Bus } from '../../../main/vault/dbus/bus.ts';
import type { Message } from '../../../main/vault/dbus/message.ts';
import { forkHelper } from '../../../main/vault/keytar/fork.ts';
import { openKeychain } from '../../../main/vault/keychain.ts';
import { unlockKeychain } from '../../../main/vault/unlock.ts';
import { type TestBus, startBus, startKeyring } from '../../support/keyring.ts';
import { type Scripted, claimSecretService } from '../../support/secret-service.ts';

let bus: TestBus;
beforeEach(async () => {
  bus = await startBus();
});
afterEach(() => bus.stop());

const collection = '/org/freedesktop/secrets/collection/login';
const prompt = '/org/freedesktop/secrets/prompt/p1';

/** A service whose keyring is locked until its dialog is answered. */
function lockedUntilAnswered(answer: 'unlock' | 'dismiss' | 'nothing', hasCollection = true) {
  let locked = true;
  const seen: string[] = [];
  function script(call: Message, service: Bus): Scripted {
    seen.push(call.member ?? '');
    switch (call.member) {
      case 'ReadAlias':
        return { signature: 'o', body: [hasCollection || !locked ? collection : '/'] };
      case 'Get':
        return { signature: 'v', body: [{ signature: 'b', value: locked }] };
      case 'Unlock':
        return { signature: 'aoo', body: [[], prompt] };
      case 'CreateCollection':
        return { signature: 'oo', body: ['/', prompt] };
      case 'Prompt':
        if (answer === 'nothing') return { signature: '', body: [] };
        locked = answer === 'dismiss';
        service.send({
          type: 'signal',
          path: prompt,
          interface: 'org.freedesktop.Secret.Prompt',
          member: 'Completed',
          signature: 'bv',
          body: [locked, { signature: 'ao', value: [] }],
        });
        return { signature: '', body: [] };
      default:
        return { error: 'org.freedesktop.DBus.Error.UnknownMethod' };
    }
  }
  return { script, seen };
}

test('unlocking raises the dialog of the system and is ok once it was answered', async () => {
  const service = lockedUntilAnswered('unlock');
  await claimSecretService(bus, service.script);
  expect(await unlockKeychain({ env: bus.env })).toEqual({ ok: true });
  expect(service.seen).toContain('Prompt');
});

test('where there is no default keyring yet, unlocking has one made', async () => {
  const service = lockedUntilAnswered('unlock', false);
  await claimSecretService(bus, service.script);
  const vault = openKeychain({ env: bus.env });
  expect(await vault.state()).toMatchObject({ state: 'locked' });
  expect(await unlockKeychain({ env: bus.env })).toEqual({ ok: true });
  expect(service.seen).toContain('CreateCollection');
});

test('a dismissed dialog is a refusal', async () => {
  await claimSecretService(bus, lockedUntilAnswered('dismiss').script);
  expect(await unlockKeychain({ env: bus.env })).toMatchObject({
    ok: false,
    error: { code: 'vault_denied' },
  });
});

test('a dialog that nobody answers leaves the keychain locked, in bounded time', async () => {
  await claimSecretService(bus, lockedUntilAnswered('nothing').script);
  expect(await unlockKeychain({ env: bus.env, dialogMs: 50 })).toMatchObject({
    ok: false,
    error: { code: 'vault_locked' },
  });
});

test('waiting for the dialog can be cancelled', async () => {
  const service = lockedUntilAnswered('nothing');
  const cancel = new AbortController();
  await claimSecretService(bus, (call, connection) => {
    if (call.member === 'Prompt') cancel.abort();
    return service.script(call, connection);
  });
  expect(await unlockKeychain({ env: bus.env, signal: cancel.signal })).toMatchObject({
    ok: false,
    error: { code: 'cancelled' },
  });
});

test('a real keyring without a display to show its dialog on stays locked', async () => {
  const keyring = await startKeyring();
  await keyring.lock();
  const unlocked = await unlockKeychain({ env: keyring.env });
  await keyring.stop();
  expect(unlocked).toMatchObject({ ok: false, error: { code: 'vault_denied' } });
});

test('a service that begins to hang after it was asked is given up, and its helper killed', async () => {
  await claimSecretService(bus, (call) => {
    if (call.member === 'ReadAlias') return { signature: 'o', body: [collection] };
    const asksLocked = call.member === 'Get' && call.body?.[1] === 'Locked';
    return asksLocked ? { signature: 'v', body: [{ signature: 'b', value: false }] } : 'silence';
  });
  const { promise: helperEnded, resolve } = Promise.withResolvers<undefined>();
  const vault = openKeychain({
    env: bus.env,
    isolation: 'helper',
    callMs: 500,
    startHelper: (file, env) => {
      const helper = forkHelper(file, env);
      helper.onExit(() => {
        resolve(undefined);
      });
      return helper;
    },
  });
  expect(await vault.read('x')).toMatchObject({ ok: false, error: { code: 'vault_locked' } });
  await helperEnded;
  await vault.close();
});

test('a service that forbids the question is a refusal, not an absent keychain', async () => {
  await claimSecretService(bus, () => ({ error: 'org.freedesktop.DBus.Error.AccessDenied' }));
  const vault = openKeychain({ env: bus.env });
  expect(await vault.state()).toMatchObject({ reason: 'denied' });
  expect(await vault.read('x')).toMatchObject({ ok: false, error: { code: 'vault_denied' } });
});
