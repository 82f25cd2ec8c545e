import { expect, test } from 'vitest';
import { changeConnection } from '../../../main/bridge/handlers/connections.ts';
import type { BridgeParts } from '../../../main/bridge/parts.ts';
import type { Connection } from '../../../main/connections/connection.ts';
import { fail, ok } from '../../../preload/errors.ts';

const acme: Connection = {
  id: 'acme-id',
  name: 'acme',
  provider: 'oauth2',
  environment: 'custom',
  grant: 'client_credentials',
  clientId: 'acme-client',
  clientAuth: 'basic',
  username: null,
  scope: null,
  redirect: { ports: [], path: '/callback' },
  overrides: { paths: {}, authorizationParams: {}, apiHeaders: {}, switches: {} },
  createdAt: '2026-01-01T00:00:00.000Z',
};
const full = fail('vault_write_failed', 'The keychain is full.', 'Make room in it.');

/** A console with that one connection; what its lists and screens heard. */
function withConnection(first: Connection): {
  parts: BridgeParts;
  heard: string[];
  become: (now: Connection) => void;
} {
  const heard: string[] = [];
  let current = first;
  const lists = {
    forget: (id: string) => {
      heard.push(`forget ${id}`);
      return Promise.resolve(ok(undefined));
    },
  };
  const parts = {
    console: { connections: { byId: () => ok(current) }, lists: () => Promise.resolve(lists) },
    connectionsChanged: () => heard.push('changed'),
  } as unknown as BridgeParts;
  return { parts, heard, become: (now) => (current = now) };
}

test('a change that was saved before it failed takes the lists of the other account away all the same', async () => {
  const { parts, heard, become } = withConnection(acme);
  const changed = await changeConnection(parts, acme.id, () => {
    // A sign-in was let in and saved the settings; then the vault did not take the session.
    become({ ...acme, clientId: 'of another account' });
    return Promise.resolve(full);
  });
  expect(changed).toEqual(full);
  expect(heard).toEqual(['forget acme-id', 'changed']);
});

test('one that saved nothing leaves them', async () => {
  const { parts, heard } = withConnection(acme);
  expect(await changeConnection(parts, acme.id, () => Promise.resolve(full))).toEqual(full);
  expect(heard).not.toContain('forget acme-id');
});
