import type { Collation } from './collation.ts';
import type { Database } from './database.ts';
import type { Lack } from './rows.ts';

/**
 * Facets (list, connection, status, role, end of access, what is missing) are written as three characters each, a
 * control character and a number in two, after the searched text. So the trigram index answers "active users of this
 * installation called an…" as one intersection. No searched text can hold a control character.
 */
const signs = {
  list: '\u0002',
  status: '\u0003',
  role: '\u0004',
  connection: '\u0005',
  ends: '\u0006',
  without: '\u0007',
} as const;

export type FacetName = keyof typeof signs;

/** What rows can be narrowed by, besides what is typed. */
export interface Traits {
  /** The list's number. */
  readonly list: number;
  readonly connection: string;
  /** A user's status or an installation's state. */
  readonly status: string;
  readonly roles: readonly string[];
  /** The UTC day since the epoch on which access ends, or null. */
  readonly endsOn: number | null;
  readonly without: readonly Lack[];
}

/**
 * Rows share few combinations of traits, so a row holds the number of its combination only. The table `combo` has the
 * text that the search index gets for each, and what it sorts by.
 */
export interface Facets {
  /** The number of a combination, made if new. */
  combo(traits: Traits): number;
  traits(combo: number): Traits;
  /** The combinations that pass a test, of all that ever were. */
  combos(test: (traits: Traits) => boolean): readonly number[];
  /** The code of a value, or null where no row ever had it. */
  find(name: FacetName, value: string): string | null;
  /** Every value that ever had a code. */
  values(name: FacetName): readonly string[];
}

/** Two bytes of UTF-8 each, none of them a control character: a million codes. */
const base = 0x100;
const digit = 1024;

export function createFacets(db: Database, collation: Collation): Facets {
  const known: Record<FacetName, Map<string, string>> = {
    list: new Map(),
    status: new Map(),
    role: new Map(),
    connection: new Map(),
    ends: new Map(),
    without: new Map(),
  };
  const numbers = new Map<string, number>();
  const all: Traits[] = [];

  function code(name: FacetName, value: string): string {
    const found = known[name].get(value);
    if (found !== undefined) return found;
    const number = known[name].size;
    const made =
      signs[name] +
      String.fromCharCode(base + Math.floor(number / digit)) +
      String.fromCharCode(base + (number % digit));
    known[name].set(value, made);
    return made;
  }

  function codes({ list, connection, status, roles, endsOn, without }: Traits): string {
    return [
      code('list', String(list)),
      code('connection', connection),
      code('status', status),
      ...roles.map((role) => code('role', role)),
      ...(endsOn === null ? [] : [code('ends', String(endsOn))]),
      ...without.map((lack) => code('without', lack)),
    ].join('');
  }

  return {
    combo(traits) {
      const { list, status, roles, endsOn, without } = traits;
      const name = `${list}\n${status}\n${roles.join('\t')}\n${endsOn ?? ''}\n${without.join('\t')}`;
      const found = numbers.get(name);
      if (found !== undefined) return found;
      all.push(traits);
      const number = all.length;
      numbers.set(name, number);
      const { key } = collation;
      db.run(
        'INSERT INTO combo VALUES (?, ?, ?, ?)',
        number,
        codes(traits),
        key(status),
        key(roles.join(', ')),
      );
      return number;
    },
    traits(combo) {
      const found = all[combo - 1];
      if (!found) throw new RangeError(`There is no combination ${combo}.`);
      return found;
    },
    combos: (test) => all.flatMap((traits, at) => (test(traits) ? [at + 1] : [])),
    find: (name, value) => known[name].get(value) ?? null,
    values: (name) => [...known[name].keys()],
  };
}
