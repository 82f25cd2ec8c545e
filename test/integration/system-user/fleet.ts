import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createActivity } from '../../../main/activity/activity.ts';
import type { Clock } from '../../../main/clock.ts';
import { type Console, createConsole } from '../../../main/console.ts';
import type { JobOptions, SystemUserService } from '../../../main/console/system-user.ts';
import type { Connection } from '../../../main/connections/connection.ts';
import { createHttp } from '../../../main/http/http.ts';
import { type Http, HttpError } from '../../../main/http/seam.ts';
import type { SandboxDescription } from '../../../main/sandbox/description.ts';
import { startSandbox } from '../../../main/sandbox/sandbox.ts';
import type { Plan } from '../../../main/system-user/plan.ts';
import { openMemoryVault } from '../../../main/vault/memory.ts';
import type { Result } from '../../../preload/errors.ts';

/** One site as it is, not as the API shows it. */
export interface Truth {
  id: string;
  name: string;
  manager: string;
  members: {
    email: string | null;
    name: string;
    roles: string[];
    accepted: boolean;
    suspended: boolean;
    blocked: boolean;
    expires: string | null;
  }[];
  released: boolean;
  singleOwner: boolean;
  freeSeats: number;
}

export interface LogLine {
  method: string;
  path: string;
  status: number | null;
}

/** The sandbox's 500 sites, and a console whose manager is signed in there. */
export interface Fleet {
  readonly home: string;
  readonly sandbox: SandboxDescription;
  readonly console: Console;
  readonly service: SystemUserService;
  readonly manager: Connection;
  readonly job: JobOptions;
  /** The names of what the vault holds. */
  vaultItems(): string[];
  truth(): Promise<Truth[]>;
  log(): Promise<LogLine[]>;
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  /** A password-grant connection of that account. */
  connect(name: string, username: string, password: string): Promise<Connection>;
  /** From now on, after so many requests, nothing gets through; null = everything does. */
  cutAfter(requests: number | null): void;
  stop(): Promise<void>;
}

/** Waits cost nothing: they move the time, the sandbox's too. */
function movedClock(): Clock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    sleep: async (milliseconds) => {
      ahead += milliseconds;
      await nextTurn();
    },
  };
}

export async function startFleet(): Promise<Fleet> {
  const home = await mkdtemp(path.join(tmpdir(), 'latchkey-fleet-'));
  const clock = movedClock();
  const sandbox = await startSandbox({ now: () => clock.now() });
  const vendor = sandbox.description.vendors.find(({ provider }) => provider === 'salto-ks')!;
  const real = createHttp({ clock, env: {} });
  let left: number | null = null;
  const http: Http = {
    ...real,
    fetch: (url, init) => {
      if (left !== null && left-- <= 0) {
        throw new HttpError({
          code: 'network_unreachable',
          message: 'The network is away.',
          hint: 'Look at the cable.',
        });
      }
      return real.fetch(url, init);
    },
  };
  const vault = openMemoryVault();
  const items = new Set<string>();
  const console = createConsole({
    activity: createActivity(),
    home,
    vault: {
      ...vault,
      write: (item, text) => (items.add(item), vault.write(item, text)),
      remove: (item) => (items.delete(item), vault.remove(item)),
    },
    clock,
    env: {},
    http,
    openBrowser: () => Promise.reject(new Error('no browser')),
  });
  const fleet: Fleet = {
    home,
    sandbox: sandbox.description,
    console,
    service: (await console.systemUser()).service,
    manager: undefined as unknown as Connection,
    job: { signal: new AbortController().signal },
    vaultItems: () => [...items],
    truth: async () => (await fleet.control('GET', '/portfolio')) as Truth[],
    log: async () => (await fleet.control('GET', '/log')) as LogLine[],
    control: async (method, where, body) => {
      const response = await fetch(`${sandbox.description.control}${where}`, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      });
      if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${await response.text()}`);
      const text = await response.text();
      return text === '' ? null : (JSON.parse(text) as unknown);
    },
    connect: async (name, username, password) => {
      const added = value(
        await console.connections.add(
          'salto-ks',
          {
            name,
            environment: 'sandbox',
            grant: 'password',
            clientId: 'harbour-service',
            username,
            overrides: { issuer: vendor.issuer ?? '', apiBase: vendor.apiBase },
          },
          { clientSecret: 'demo-lantern-23', password },
        ),
      );
      value(await console.sessions.signIn(added, {}));
      return added;
    },
    cutAfter: (requests) => (left = requests),
    stop: async () => {
      await console.close();
      await sandbox.close();
      await rm(home, { recursive: true, force: true });
    },
  };
  const manager = await fleet.connect('fleet', 'greta.holm@fleet-operations.example', 'demo-flotilla-21');
  return Object.assign(fleet, { manager });
}

/** The value, or the failure thrown. */
export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

export const systemUser = {
  email: 'system.user@fleet-integration.example',
  firstName: 'System',
  lastName: 'User',
  role: 'site_owner',
  fallbackRole: 'site_admin',
} as const;

/** A row of a plan by the name of its site. */
export function rowAt(plan: Plan, name: string): Plan['rows'][number] {
  const row = plan.rows.find(({ site }) => site.name === name);
  if (row === undefined) throw new Error(`no ${name}`);
  return row;
}
