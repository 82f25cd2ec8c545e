import type { Reach, SandboxAccount, SandboxProvider } from '../contract.ts';
import { enrolInSaltoKs, enrolInSmartenit, enrolledInFirstSite, within } from './enrolment.ts';
import { createKonexusWorld, konexusTenant } from './konexus.ts';
import type { KonexusWorld } from './konexus.ts';
import { createSaltoKsWorld } from './salto-ks.ts';
import type { SaltoKsWorld } from './salto-ks.ts';
import { createNebulaWorld } from './salto-nebula.ts';
import type { NebulaWorld } from './salto-nebula.ts';
import { createSmartenitWorld } from './smartenit.ts';
import type { SmartenitWorld } from './smartenit.ts';

export interface InstallationSummary {
  readonly id: string;
  readonly name: string;
  /** Users as the API lists them at this moment. */
  readonly users: number;
}

/** Everything the four vendors know. Changes live in it, so that a reset is a new world. */
export interface World {
  readonly seed: number;
  readonly saltoKs: SaltoKsWorld;
  readonly nebula: NebulaWorld;
  readonly konexus: KonexusWorld;
  readonly smartenit: SmartenitWorld;
  /** A vendor's installations, or the first N of them, with their number of users. */
  installations(provider: SandboxProvider, reach: Reach): InstallationSummary[];
}

export interface WorldOptions {
  /** The same seed gives the same data. */
  readonly seed: number;
  /** Users of the first Salto KS site, the largest list (default 1,500). Nothing is kept per user. */
  readonly users?: number | undefined;
  /** Sign-in accounts, who become users of the Salto KS sites and Smartenit locations that they reach. */
  readonly accounts?: readonly SandboxAccount[];
}

const DEFAULT_USERS = 1500;

/** Makes a world in a few milliseconds, whatever `users` is: records are made from their index when asked for. */
export function createWorld({ seed, users, accounts = [] }: WorldOptions): World {
  if (users !== undefined && (!Number.isInteger(users) || users < 0 || users > 10_000_000)) {
    throw new RangeError('users: a whole number from 0 to 10,000,000');
  }
  const accountsOf = (provider: SandboxProvider): SandboxAccount[] =>
    accounts.filter((account) => account.provider === provider);
  // The largest list has as many users as asked for, the accounts among them included.
  const seeded = Math.max(0, (users ?? DEFAULT_USERS) - enrolledInFirstSite(accountsOf('salto-ks')));
  const saltoKs = createSaltoKsWorld(seed, seeded);
  const smartenit = createSmartenitWorld(seed);
  enrolInSaltoKs(saltoKs, seed, accountsOf('salto-ks'));
  enrolInSmartenit(smartenit, seed, accountsOf('smartenit'));
  const nebula = createNebulaWorld(seed);
  const konexus = createKonexusWorld(seed);

  const summaries: Record<SandboxProvider, () => InstallationSummary[]> = {
    'salto-ks': () => saltoKs.sites.map(({ id, name, users: list }) => ({ id, name, users: list.count() })),
    'salto-nebula': () =>
      nebula.places.map(({ id, installation, users: list }) => ({
        id,
        name: installation.display_name,
        users: list.count(),
      })),
    konexus: () => [{ id: konexusTenant.id, name: konexusTenant.name, users: konexus.members.count() }],
    smartenit: () => smartenitSummaries(smartenit),
  };
  return {
    seed,
    saltoKs,
    nebula,
    konexus,
    smartenit,
    installations: (provider, reach) => [...within(summaries[provider](), reach)],
  };
}

/** A location's users are those whose `parents.locations` names it. */
function smartenitSummaries({ locations, users }: SmartenitWorld): InstallationSummary[] {
  const counts = new Map<string, number>();
  for (let at = 0; at < users.count(); at += 1) {
    for (const { id } of users.at(at).parents['locations'] ?? []) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return locations.map(({ _id, name }) => ({ id: _id, name, users: counts.get(_id) ?? 0 }));
}
