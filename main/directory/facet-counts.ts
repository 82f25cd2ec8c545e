import type { ProviderId } from '../providers/provider.ts';
import type { ConnectionName, Lack, Tally } from './rows.ts';

/** What a person chose to narrow users by, besides words. */
export interface Choice {
  readonly provider?: ProviderId | undefined;
  readonly connection?: string | undefined;
  readonly installation?: string | undefined;
  readonly status?: string | undefined;
  readonly role?: string | undefined;
  readonly expiring?: Expiring | undefined;
  readonly without?: Lack | undefined;
}

export type Expiring = '7' | '30' | '90' | 'later';
export type ChoiceName = keyof Choice;

export interface FacetValue {
  readonly value: string;
  /** For people. */
  readonly label: string;
  readonly count: number;
}

export interface FacetCounts {
  readonly name: ChoiceName;
  /** The most frequent first. */
  readonly values: readonly FacetValue[];
  /** How many values are left out. */
  readonly more: number;
}

/** The UTC days since the epoch that "expiring within …" means; today's is the first. */
export function daysOf(
  expiring: Expiring,
  today: number,
): { readonly from: number; readonly to: number | null } {
  return { from: today, to: expiring === 'later' ? null : today + Number(expiring) };
}

const maxValues = 200;
const expirings: readonly Expiring[] = ['7', '30', '90', 'later'];

/** The values of a facet that a row has, each with its label. */
type Reader = (tally: Tally) => readonly (readonly [value: string, label: string])[];

/**
 * How many users have each value of each facet. A facet is counted under all other choices but its own, so that another
 * of its values can be chosen.
 *
 * @param tallies of everything that the words find
 */
export function facetCounts(
  tallies: readonly Tally[],
  choice: Choice,
  connections: readonly ConnectionName[],
  today: number,
): { readonly total: number; readonly facets: readonly FacetCounts[] } {
  const known = new Map(connections.map((each) => [each.id, each]));
  const readers: Readonly<Record<ChoiceName, Reader>> = {
    provider: ({ connection }) => pair(known.get(connection)?.provider),
    connection: ({ connection }) => [[connection, known.get(connection)?.name ?? connection]],
    installation: ({ installation }) => [[installation.id, installation.name]],
    status: ({ status }) => pair(status),
    role: ({ roles }) => roles.flatMap((role) => pair(role)),
    expiring: ({ endsOn }) => expirings.filter((each) => endsWithin(endsOn, each, today)).flatMap(pair),
    without: ({ without }) => without.flatMap((lack) => pair(lack)),
  };
  const names = Object.keys(readers) as ChoiceName[];
  const counts = new Map(names.map((name) => [name, new Map<string, { label: string; count: number }>()]));
  let total = 0;
  for (const tally of tallies) {
    const failed = names.filter((name) => {
      const chosen = choice[name];
      return chosen !== undefined && !readers[name](tally).some(([value]) => value === chosen);
    });
    if (failed.length === 0) total += tally.count;
    if (failed.length > 1) continue;
    for (const name of failed.length === 1 ? failed : names) {
      const facet = counts.get(name);
      for (const [value, label] of readers[name](tally)) {
        const entry = facet?.get(value);
        if (entry) entry.count += tally.count;
        else facet?.set(value, { label, count: tally.count });
      }
    }
  }
  return { total, facets: names.map((name) => ({ name, ...topOf(counts.get(name) ?? new Map()) })) };
}

function topOf(
  counts: ReadonlyMap<string, { readonly label: string; readonly count: number }>,
): Pick<FacetCounts, 'values' | 'more'> {
  const values = [...counts]
    .map(([value, entry]) => ({ value, ...entry }))
    .toSorted((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
  return { values: values.slice(0, maxValues), more: Math.max(0, values.length - maxValues) };
}

function pair(value: string | undefined): readonly (readonly [string, string])[] {
  return value === undefined ? [] : [[value, value]];
}

function endsWithin(endsOn: number | null, expiring: Expiring, today: number): boolean {
  const { from, to } = daysOf(expiring, today);
  return endsOn !== null && endsOn >= from && (to === null || endsOn <= to);
}

/** What is said of the users of one installation. */
export interface InstallationSummary {
  readonly connection: string;
  readonly installation: { readonly id: string; readonly name: string };
  readonly users: number;
  readonly status: Readonly<Record<string, number>>;
  /** Access ends within 7 and within 30 days. */
  readonly expiring: { readonly week: number; readonly month: number };
  readonly withoutName: number;
  readonly withoutEmail: number;
}

/** One summary for each installation that has users here. */
export function summaries(tallies: readonly Tally[], today: number): readonly InstallationSummary[] {
  const groups = Map.groupBy(tallies, ({ connection, installation }) =>
    JSON.stringify([connection, installation.id]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const sum = (test: (tally: Tally) => boolean): number =>
      group.reduce((total, tally) => total + (test(tally) ? tally.count : 0), 0);
    const statuses = new Set(group.map(({ status }) => status));
    return [
      {
        connection: first.connection,
        installation: first.installation,
        users: sum(() => true),
        status: Object.fromEntries(
          [...statuses].map((status) => [status, sum((tally) => tally.status === status)]),
        ),
        expiring: {
          week: sum(({ endsOn }) => endsWithin(endsOn, '7', today)),
          month: sum(({ endsOn }) => endsWithin(endsOn, '30', today)),
        },
        withoutName: sum(({ without }) => without.includes('name')),
        withoutEmail: sum(({ without }) => without.includes('email')),
      },
    ];
  });
}
