import { expect, test } from 'vitest';
import type { ConnectionInfo, ListState } from '../../../preload/contract.ts';
import { missingFrom, whyMissing } from '../../../renderer/lists/missing.ts';
import { cutSearch } from '../../../renderer/lists/cut-search.ts';

const connection = (id: string, state = 'signed_in'): ConnectionInfo =>
  ({ id, name: `The ${id}`, session: { state } }) as ConnectionInfo;
const list = (more: Partial<ListState>): ListState =>
  ({
    kind: 'users',
    connection: 'acme',
    installation: { id: 'i1', name: 'Harbour House' },
    complete: false,
    loading: false,
    fetchedAt: null,
    ...more,
  }) as ListState;
const where = { connection: 'acme', installation: 'i1' };

test.each([
  ['connection', [], []],
  ['unread', [connection('acme')], []],
  ['unread', [connection('acme')], [list({ installation: { id: 'i2', name: 'Mill Lane' }, complete: true })]],
  ['unread', [connection('acme')], [list({ kind: 'installations', installation: null, complete: true })]],
  ['signed_out', [connection('acme', 'signed_out')], []],
  ['signed_out', [connection('acme', 'sign_in_needed')], [list({})]],
  ['unread', [connection('acme', 'unknown')], []],
  ['reading', [connection('acme')], [list({ loading: true })]],
  ['cut', [connection('acme')], [list({})]],
  ['gone', [connection('acme')], [list({ complete: true })]],
] as const)('of somebody who is not here it is said why: %s', (why, connections, lists) => {
  expect(missingFrom(where, { connections, lists }).why).toBe(why);
});

test('why says the connection and the age of a list', () => {
  const out = missingFrom(where, { connections: [connection('acme', 'signed_out')], lists: [] });
  expect(whyMissing(out, 0)).toContain('The connection The acme is not signed in');
  const gone = missingFrom(where, {
    connections: [connection('acme')],
    lists: [list({ complete: true, fetchedAt: 1000 })],
  });
  expect(whyMissing(gone, 121_000)).toContain('read whole 2 min ago and has no such row');
});

test('as much of a search is asked for as the core takes, and no half of a character', () => {
  expect(cutSearch('  prado ')).toBe('prado');
  expect(cutSearch('a'.repeat(3000))).toBe('a'.repeat(200));
  expect(cutSearch(`${'a'.repeat(199)}👷`)).toBe('a'.repeat(199));
});
