import { readdirSync } from 'node:fs';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import {
  allProviders,
  checkProviderId,
  hasLists,
  providerIds,
  profileOf,
  providerOf,
} from '../../../main/providers/catalogue.ts';
import { providerInfo } from '../../../preload/contract.ts';
import { providersHandlers } from '../../../main/bridge/handlers/providers.ts';
import { collect, talk } from './scripted-api.ts';

test('every folder is a provider of its name with a line in the registry, and every line has a folder', async () => {
  const folders = readdirSync(new URL('../../../main/providers/', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect([...providerIds].sort()).toEqual(folders.sort());
  for (const id of providerIds) {
    expect(profileOf(id).id).toBe(id);
    expect((await providerOf(id)).profile).toBe(profileOf(id));
  }
});

test('people are offered those with lists first, then by label', () => {
  const rows = allProviders.map(({ profile }) => `${hasLists(profile) ? 1 : 2} ${profile.label}`);
  expect(rows).toEqual([...rows].sort());
});

test('an id that is not registered is refused and not repeated', () => {
  expect(checkProviderId('smartenit')).toEqual({ ok: true, value: 'smartenit' });
  for (const id of ['nobody', '__proto__', 'constructor', '']) {
    const refused = checkProviderId(id);
    expect(refused).toMatchObject({ ok: false, error: { code: 'input_invalid' } });
    expect(refused).toMatchObject({ error: { message: 'There is no such provider.' } });
  }
});

test('every provider fits the contract, and has two letters of its own', async () => {
  const told = await providersHandlers()['providers.list'](
    {},
    { signal: new AbortController().signal, progress: () => undefined },
  );
  const infos = v.parse(v.array(providerInfo), told.ok ? told.value : null);
  expect(infos.map(({ id }) => id)).toEqual(providerIds);
  const marks = infos.map(({ mark }) => mark);
  expect(new Set(marks).size).toBe(marks.length);
  for (const { mark, needs } of infos) {
    expect(mark).toMatch(/^\w{2}$/);
    expect(needs).toMatch(/^Needs .*\.$/);
  }
});

test('every preset address is https, and API bases have no slash at the end', () => {
  for (const { profile } of allProviders) {
    for (const endpoints of Object.values(profile.environments)) {
      for (const address of Object.values(endpoints) as string[])
        expect(new URL(address).protocol).toBe('https:');
      expect(endpoints.apiBase ?? '').not.toMatch(/\/$/);
    }
    expect(profile.environments.custom).toEqual({});
    expect(profile.environments.sandbox ?? {}).toEqual({});
  }
});

test('a provider with discovery presets no endpoint that would shadow a discovered one', () => {
  for (const { profile } of allProviders.filter((provider) => provider.profile.discovery)) {
    for (const endpoints of Object.values(profile.environments)) {
      expect(Object.keys(endpoints).filter((name) => name !== 'issuer' && name !== 'apiBase')).toEqual([]);
    }
  }
});

test('password and implicit are never offered without a word of caution from RFC 9700', () => {
  for (const { profile } of allProviders) {
    for (const grant of profile.grants.filter(
      (one) => one.grant === 'password' || one.grant === 'implicit',
    )) {
      expect(grant.caution).toContain('RFC 9700');
      expect(grant.caution).toContain(grant.grant === 'password' ? 'must not' : 'should not');
    }
  }
});

test('the vendors sign in as their pages say', () => {
  const ids = ['salto-ks', 'salto-nebula', 'konexus', 'smartenit', 'oidc', 'oauth2'];
  const table = ids
    .map(profileOf)
    .flatMap((profile) =>
      profile.grants
        .filter((grant) => grant.documented)
        .map((grant) => [profile.id, grant.grant, grant.clientAuth, grant.scope ?? null].join(' ')),
    );
  expect(table).toEqual([
    'salto-ks authorization_code basic openid profile offline_access user_api.full_access',
    'salto-ks password basic user_api.full_access',
    'salto-nebula client_credentials post https://saltoapis.com/auth/nebula',
    'konexus client_credentials post tamarack',
    'smartenit authorization_code post ',
    'smartenit password post ',
    'smartenit client_credentials post ',
    'smartenit implicit none ',
    'oidc authorization_code basic openid profile offline_access',
    'oidc client_credentials basic ',
    'oauth2 authorization_code basic ',
    'oauth2 client_credentials basic ',
  ]);
  expect(profileOf('smartenit').tokenEncoding).toBe('json');
  expect(profileOf('smartenit').discovery).toBe(false);
  expect(profileOf('konexus').validateAccessToken).toEqual({ audience: 'tamarack' });
});

test.each(['oidc', 'oauth2'] as const)(
  '%s answers lists with a failure, not with an empty list',
  async (id) => {
    const provider = await providerOf(id);
    const { context, requests } = talk(provider, () => ({ body: [] }));
    const lists = [
      collect(provider.listInstallations(context)),
      collect(provider.listUsers(context, { id: '1', name: 'One' })),
    ];
    for (const list of await Promise.all(lists)) {
      expect(list.pages).toEqual([]);
      expect(list.error?.code).toBe('input_invalid');
    }
    expect(requests).toEqual([]);
  },
);
