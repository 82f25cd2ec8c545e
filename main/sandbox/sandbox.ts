import { answerOf } from './answer.ts';
import type { Responder } from './answer.ts';
import { konexusApi } from './api/konexus.ts';
import { saltoKsApi } from './api/salto-ks.ts';
import { acceptInvitation } from './api/salto-ks/users.ts';
import { saltoNebulaApi } from './api/salto-nebula.ts';
import { smartenitApi } from './api/smartenit.ts';
import { shiftedClock } from './clock.ts';
import type { ShiftedClock } from './clock.ts';
import type {
  ApiOptions,
  Authenticate,
  Handler,
  SandboxAccount,
  SandboxProvider,
  Switches,
} from './contract.ts';
import { controlResponder } from './control.ts';
import { portfolioTruth } from './data/salto-ks-portfolio.ts';
import { createWorld } from './data/world.ts';
import type { World } from './data/world.ts';
import { describeSandbox } from './description.ts';
import type { SandboxDescription } from './description.ts';
import { createFaults } from './faults.ts';
import { createSigningKey } from './identity/keys.ts';
import { konexusVendor } from './identity/konexus.ts';
import { openIdServer } from './identity/openid-server.ts';
import { saltoKsVendor } from './identity/salto-ks.ts';
import { saltoNebulaVendor } from './identity/salto-nebula.ts';
import type { IdentityVendor } from './identity/vendor.ts';
import { listen, vendorResponder } from './listener.ts';
import type { Listener } from './listener.ts';
import { accountsOf, clientsOf, isPending, sandboxAccounts, sandboxProviders } from './registry.ts';
import { requestLog } from './request-log.ts';
import { smartenitIdentity } from './smartenit/identity.ts';
import { defaultSwitches, setSwitches, switchesOfTexts } from './switches.ts';

export interface SandboxOptions {
  /** The control server's port; the vendors use the four after it. Without it, any free ports. */
  readonly port?: number;
  /** Users of the largest list. */
  readonly users?: number;
  readonly seed?: number;
  /** Values may be texts, as a command line has them. */
  readonly switches?: Partial<Switches>;
  /** Milliseconds since the epoch; the system's clock when not given. */
  readonly now?: () => number;
}

export interface Sandbox {
  /** As it was at the start; `GET /` of the control server describes the present. */
  readonly description: SandboxDescription;
  /** As `POST /accept` of the control server. */
  accept(email: string): boolean;
  /** Ends every connection and server. */
  close(): Promise<void>;
}

/** One vendor behind its origin. */
interface Vendor {
  readonly identity: readonly Responder[];
  readonly authenticate: Authenticate;
  readonly api: (world: World, options: ApiOptions) => Handler;
  readonly reset: () => void;
}

/**
 * Starts the four vendors and the control server on 127.0.0.1. Rejects with Node's error when a port is taken, and with
 * a RangeError for a switch or a number that does not exist.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port, users, seed = 1, now = Date.now } = options;
  const clock = shiftedClock(now);
  const switches = defaultSwitches();
  const applyStartSwitches = (): void => {
    const problem = setSwitches(switches, {
      ...defaultSwitches(),
      ...switchesOfTexts(options.switches ?? {}),
    });
    if (problem !== null) throw new RangeError(problem);
  };
  applyStartSwitches();
  const makeWorld = (): World =>
    createWorld({ seed, accounts: sandboxAccounts, ...(users === undefined ? {} : { users }) });
  let world = makeWorld();

  const listeners = await listenAll(port, clock.now);
  const [control, ...rest] = listeners;
  const origins = Object.fromEntries(
    sandboxProviders.map((provider, at) => [provider, rest[at]?.origin ?? '']),
  ) as Record<SandboxProvider, string>;
  /** User names of invited people who accepted; `POST /accept` adds to it. */
  const accepted = new Set<string>();
  const waits = (account: SandboxAccount): boolean =>
    isPending(account) && !accepted.has(account.username.toLowerCase());
  const vendors = await createVendors(origins, switches, clock, waits);
  const handlers = (): Record<SandboxProvider, Handler> =>
    mapProviders((provider) => {
      const { api, authenticate } = vendors[provider];
      return api(world, { origin: origins[provider], authenticate, switches, now: clock.now });
    });
  let apis = handlers();

  const log = requestLog(clock.now);
  const faults = createFaults();
  const describe = (): SandboxDescription =>
    describeSandbox({
      control: control.origin,
      origins,
      switches,
      installations: (provider) => world.installations(provider, 'all'),
    });
  const accept = (email: string): boolean => {
    const done = acceptInvitation(world.saltoKs, email);
    if (done) accepted.add(email.toLowerCase());
    return done;
  };
  const reset = (): void => {
    clock.setOffset(0);
    accepted.clear();
    applyStartSwitches();
    faults.clear();
    for (const provider of sandboxProviders) vendors[provider].reset();
    world = makeWorld();
    apis = handlers();
    log.clear();
  };
  sandboxProviders.forEach((provider, at) => {
    const responders = (): Responder[] => [...vendors[provider].identity, responderOf(apis[provider])];
    rest[at]?.serve(vendorResponder({ provider, responders, faults, log }));
  });
  control.serve(
    controlResponder({
      log,
      faults,
      clock,
      switches,
      accept,
      describe,
      portfolio: () => portfolioTruth(world.saltoKs.portfolio.sites()),
      reset,
    }),
  );

  return {
    description: describe(),
    accept,
    async close() {
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
}

/** All five or none: what was opened is closed again when a port is taken. */
async function listenAll(port: number | undefined, now: () => number): Promise<[Listener, ...Listener[]]> {
  const ports = [0, 1, 2, 3, 4].map((at) => (port === undefined ? 0 : port + at));
  const opened = await Promise.allSettled(ports.map((one) => listen(one, now)));
  const failed = opened.find((one) => one.status === 'rejected');
  const listeners = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const [first, ...rest] = listeners;
  if (failed === undefined && first !== undefined) return [first, ...rest];
  await Promise.all(listeners.map((listener) => listener.close()));
  throw failed?.reason;
}

async function createVendors(
  origins: Readonly<Record<SandboxProvider, string>>,
  switches: Switches,
  clock: ShiftedClock,
  waits: (account: SandboxAccount) => boolean,
): Promise<Record<SandboxProvider, Vendor>> {
  const [ksKey, nebulaKey, konexusKey] = await Promise.all([
    createSigningKey(),
    createSigningKey(),
    createSigningKey(),
  ]);
  const openId = (vendor: IdentityVendor, key: typeof ksKey, api: Vendor['api']): Vendor => {
    const { provider } = vendor;
    const clients = clientsOf(provider);
    const accounts = accountsOf(provider);
    const server = openIdServer({
      vendor,
      origin: origins[provider],
      clients,
      accounts,
      isPending: waits,
      key,
      clock,
    });
    return { identity: server.responders, authenticate: server.authenticate, reset: server.reset, api };
  };
  const smartenit = smartenitIdentity({
    origin: origins.smartenit,
    clients: clientsOf('smartenit'),
    accounts: accountsOf('smartenit'),
    switches,
    now: clock.now,
  });
  return {
    'salto-ks': openId(saltoKsVendor(switches), ksKey, saltoKsApi),
    'salto-nebula': openId(saltoNebulaVendor(switches), nebulaKey, saltoNebulaApi),
    konexus: openId(konexusVendor(switches, konexusKey.x5t), konexusKey, konexusApi),
    smartenit: {
      identity: [responderOf(smartenit.handle)],
      authenticate: smartenit.authenticate,
      reset: () => {
        smartenit.reset();
      },
      api: smartenitApi,
    },
  };
}

function mapProviders<T>(make: (provider: SandboxProvider) => T): Record<SandboxProvider, T> {
  return Object.fromEntries(sandboxProviders.map((provider) => [provider, make(provider)])) as Record<
    SandboxProvider,
    T
  >;
}

function responderOf(handle: Handler): Responder {
  return async (exchange) => {
    const reply = await handle(exchange);
    return reply === null ? null : answerOf(reply);
  };
}
