import { expect, test } from 'vitest';
import type { UserRow } from '../../../preload/contract.ts';
import { type Deeds, type Found, choicesFor } from '../../../renderer/shell/palette.ts';
import { connection } from './fixtures.ts';

const person = (displayName: string): UserRow => ({
  connection: 'acme',
  connectionName: 'acme',
  provider: 'salto-ks',
  installation: 'i1',
  installationName: 'Harbour House',
  id: displayName,
  displayName,
  email: `${displayName.toLowerCase().replace(' ', '.')}@acme.example`,
  roles: [],
  status: 'active',
  expiresAt: null,
  sandbox: false,
});
const idle: Deeds = {
  go() {},
  add() {},
  keys() {},
  nextTheme() {},
  lock() {},
  signIn() {},
  renew() {},
  readUsers() {},
  startSandbox() {},
};
const found: Found = {
  connections: [connection('sandbox-ks'), connection('Andes plant')],
  installations: [],
  people: [person('Ada Bergland'), person('Ándrea Quay')],
  unread: false,
  sandboxEnded: false,
};
const labels = (text: string): string[] =>
  choicesFor(text, found, idle)
    .filter(({ group }) => group === 'Connections' || group === 'People')
    .map(({ label }) => label);

test('who has a word that begins as typed stands before who has it within one', () => {
  expect(labels('and')).toEqual(['Andes plant', 'Ándrea Quay', 'Ada Bergland', 'sandbox-ks']);
  expect(labels('ks')).toEqual(['sandbox-ks', 'Ada Bergland', 'Ándrea Quay']);
});

test('what was found for other words is told from what is here', () => {
  const asked = choicesFor('and', found, idle).map((choice) => [choice.label, choice.asked]);
  expect(asked).toContainEqual(['Ada Bergland', true]);
  expect(asked).toContainEqual(['Andes plant', false]);
});

test('a sandbox that has ended is started again from here, and only then', () => {
  const started: string[] = [];
  const deeds = { ...idle, startSandbox: () => void started.push('sandbox') };
  const offered = (sandboxEnded: boolean) =>
    choicesFor('sandbox', { ...found, sandboxEnded }, deeds).find(({ key }) => key === 'a sandbox');
  expect(offered(false)).toBeUndefined();
  offered(true)?.run();
  expect(started).toEqual(['sandbox']);
});
