import { expect, test } from 'vitest';
import { allProviders, providerOf } from '../../../main/providers/catalogue.ts';
import { providerIds } from '../../../main/providers/provider.ts';
import { collect, talk } from './scripted-api.ts';

test('every provider id has its own provider, in the order of the ids', () => {
  expect(allProviders.map((provider) => provider.profile.id)).toEqual([...providerIds]);
  for (const id of providerIds) expect(providerOf(id).profile.id).toBe(id);
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
  const table = allProviders.flatMap(({ profile }) =>
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
  expect(providerOf('smartenit').profile.tokenEncoding).toBe('json');
  expect(providerOf('smartenit').profile.discovery).toBe(false);
  expect(providerOf('konexus').profile.validateAccessToken).toEqual({ audience: 'tamarack' });
});

test.each(['oidc', 'oauth2'] as const)(
  '%s answers lists with a failure, not with an empty list',
  async (id) => {
    const provider = providerOf(id);
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
