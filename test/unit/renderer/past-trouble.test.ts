import { expect, test } from 'vitest';
import type { ConnectionInfo } from '../../../preload/contract.ts';
import { fakeBridge } from '../../../renderer/dev/fake.ts';
import { pastTrouble } from '../../../renderer/state/past-trouble.ts';

const answer = await fakeBridge('full').call('connections.list', {});
const [acme] = answer.ok ? answer.value : [];
if (acme === undefined) throw new Error('The scene has no connection.');

const failure = { code: 'timeout', message: 'The server did not answer.', hint: '' } as const;
const failing: ConnectionInfo = { ...acme, session: { ...acme.session, failure } };

test('what failed of a connection is over when it was renewed, changed or removed', () => {
  expect(pastTrouble([failing], [acme]), 'renewed').toEqual([acme.id]);
  expect(pastTrouble([failing], []), 'removed').toEqual([acme.id]);
  expect(pastTrouble([acme], [{ ...acme, clientId: 'other' }]), 'changed').toEqual([acme.id]);
  const out: ConnectionInfo = { ...acme, session: { ...acme.session, state: 'signed_out' } };
  expect(pastTrouble([acme], [out]), 'signed out').toEqual([acme.id]);
});

test('what failed of a connection is not over while it still fails, nor when it begins to', () => {
  const later: ConnectionInfo = { ...acme, session: { ...failing.session, nextTryAt: 1 } };
  expect(pastTrouble([failing], [later])).toEqual([]);
  expect(pastTrouble([acme], [failing])).toEqual([]);
  expect(pastTrouble([], [failing])).toEqual([]);
});
