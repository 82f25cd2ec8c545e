import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Reached } from '../../../main/console/system-user.ts';
import type { Result } from '../../../preload/errors.ts';
import { type Fleet, startFleet, value } from './fleet.ts';

// What the credentials of a service reach at the platforms that have no system users: read-only, and never in part.

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet.stop());

interface Account {
  readonly provider: 'salto-nebula' | 'konexus' | 'smartenit';
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username?: string;
  readonly password?: string;
}
const nebula = {
  provider: 'salto-nebula',
  clientId: 'harbour-nebula-service',
  clientSecret: 'demo-comet-5',
} as const;
const konexus = { provider: 'konexus', clientId: 'ext-4711-harbour', clientSecret: 'demo-siren-7' } as const;
const smartenit = {
  provider: 'smartenit',
  clientId: 'harbour-home-service',
  clientSecret: 'demo-ember-13',
} as const;
let added = 0;

/** Signs it in and looks. */
async function reach(account: Account, ...expected: string[]): Promise<Result<Reached>> {
  const { provider, clientId, clientSecret, username, password } = account;
  const vendor = fleet.sandbox.vendors.find((one) => one.provider === provider)!;
  const grant = username === undefined ? 'client_credentials' : 'password';
  const overrides = {
    ...(vendor.issuer === null ? { tokenEndpoint: vendor.tokenEndpoint } : { issuer: vendor.issuer }),
    apiBase: vendor.apiBase,
  };
  const connection = value(
    await fleet.console.connections.add(
      provider,
      {
        name: `service-${(added += 1)}`,
        environment: 'sandbox',
        grant,
        clientId,
        overrides,
        ...(username !== undefined && { username }),
      },
      { clientSecret, ...(password !== undefined && { password }) },
    ),
  );
  value(await fleet.console.sessions.signIn(connection, {}));
  await fleet.control('DELETE', '/log');
  const reached = await fleet.service.reach(connection, expected, fleet.job);
  // Whatever came of it: nothing was changed.
  expect((await fleet.log()).filter(({ method }) => method !== 'GET')).toEqual([]);
  return reached;
}
const fact = ({ identity }: Reached, label: string): string[] =>
  identity.filter((one) => one.label === label).map((one) => one.value);

test('Smartenit: the user, its account and its locations; no role is made up', async () => {
  const person = { username: 'system.user@harbour-partners.example', password: 'demo-harbour-12' };
  const seen = value(await reach({ ...smartenit, ...person }, 'PUMP shed', 'Nowhere', ' Nowhere '));
  expect(fact(seen, 'User')).toEqual([person.username]);
  expect(fact(seen, 'Account')).toEqual(['Ellery Home Services']);
  expect(seen.installations.map(({ name, roles }) => [name, roles])).toEqual(
    fleet.sandbox.vendors
      .find(({ provider }) => provider === 'smartenit')!
      .installations.map(({ name }) => [name, []]),
  );
  expect(seen.missing).toEqual(['Nowhere']);
  expect(seen.notes.join()).toContain('documents no roles');
});

test('Smartenit: the resident of one location, and one who is absent from all', async () => {
  const ines = { username: 'ines.marlow@harbour-house.example', password: 'demo-quayside-4' };
  const resident = value(await reach({ ...smartenit, ...ines }, 'Lighthouse Cottage', 'Pump Shed'));
  expect(resident.installations).toHaveLength(1);
  expect(resident.missing).toHaveLength(1);
  const absent = { username: 'absent.system@harbour-partners.example', password: 'demo-quayside-9' };
  expect(value(await reach({ ...smartenit, ...absent })).installations).toEqual([]);
});

test('Smartenit: a client without a user is refused, and told why', async () => {
  const setup = { ...smartenit, clientId: 'harbour-home-setup', clientSecret: 'demo-ember-27' };
  expect(await reach(setup)).toMatchObject({
    ok: false,
    error: {
      code: 'forbidden',
      hint: expect.stringContaining('a client without a user sees little') as string,
    },
  });
});

test('Smartenit: a list that breaks off is no short list', async () => {
  await fleet.control('POST', '/faults', {
    provider: 'smartenit',
    path: '/v2/locations',
    status: 500,
    body: { error: 'down' },
    times: 100,
  });
  const person = { username: 'system.user@harbour-partners.example', password: 'demo-harbour-12' };
  expect(await reach({ ...smartenit, ...person })).toMatchObject({
    ok: false,
    error: { code: 'provider_failed' },
  });
  await fleet.control('DELETE', '/faults');
});

test('Salto Nebula: service accounts and roles where they are, and where there are none', async () => {
  const all = value(await reach(nebula, 'Tiny Office'));
  expect(fact(all, 'Service account')).toContain('Harbour integration (Quayside Lofts)');
  expect(all.installations.find(({ name }) => name === 'Tiny Office')?.roles).toEqual(['access-right.admin']);
  expect(all.missing).toEqual([]);
  const one = value(
    await reach({ ...nebula, clientId: 'harbour-nebula-one', clientSecret: 'demo-comet-29' }, 'Tiny Office'),
  );
  expect(one.installations.map(({ name }) => name)).toEqual(['Quayside Lofts']);
  expect(one.missing).toEqual(['Tiny Office']);
  expect(one.notes.join()).toContain('No installation lists a service account');
});

test('Konexus: the tenant of the token and whether it administers it', async () => {
  const seen = value(await reach(konexus, '4711', '4712'));
  expect(fact(seen, 'Tenant')).toEqual(['4711']);
  expect(fact(seen, 'Administrator')).toEqual(['no']);
  expect(seen.missing).toEqual(['4712']);
});

test('Salto KS has no such services, and says what it has', async () => {
  expect(await fleet.service.reach(fleet.manager, [], fleet.job)).toMatchObject({
    ok: false,
    error: { code: 'input_invalid', hint: expect.stringContaining('plan and verify') as string },
  });
});
