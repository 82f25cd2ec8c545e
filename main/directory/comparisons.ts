import { compareLists, type Compared } from './compare.ts';
import type { Database } from './database.ts';
import type { Entries } from './entries.ts';
import { listName, type CompareQuery, type CompareStep, type ListKey, type UserRow } from './rows.ts';
import type { Store } from './store.ts';
import type { Found } from './window.ts';

/** Comparisons under way and the last that were made. */
export interface Comparisons {
  /** A window of a comparison, or a step towards it: whoever asks asks again, or says that nobody waits. */
  step(query: CompareQuery, offset: number, limit: number): CompareStep;
  /** Nobody waits for this comparison any more: gives up what is not made yet. */
  leave(query: CompareQuery): void;
  /** Users of this list came, changed or went: what was found of it is no longer true. */
  forget(list: ListKey): void;
}

interface Comparison {
  /** The names of its lists, and their numbers; 0 where there is no list. */
  readonly places: readonly string[];
  readonly numbers: readonly number[];
  readonly steps: Generator<number, Compared, void>;
  /** The last change of its lists when it was begun. */
  readonly change: number;
  /** How many rows of these lists had gone when it was begun. */
  readonly gone: number;
  found: Compared | null;
}

/** A person looks at one at a time; the one before may be looked at again. */
const kept = 2;

export function createComparisons(
  db: Database,
  entries: Entries,
  store: () => Store,
  shape: (found: readonly Found[]) => readonly UserRow[],
): Comparisons {
  /** The last that was asked for is the last. */
  const known = new Map<string, Comparison>();
  /** When a list changed last, counted in changes of all of them. */
  const changes = new Map<string, number>();
  let last = 0;

  const changeOf = (places: readonly string[]): number =>
    Math.max(0, ...places.map((place) => changes.get(place) ?? 0));

  function drop(name: string): void {
    const comparison = known.get(name);
    known.delete(name);
    if (comparison?.found) comparison.found.drop();
    else comparison?.steps.return(nothing);
  }

  function begin(places: readonly string[], numbers: readonly number[], query: CompareQuery): Comparison {
    // Somebody waits for those that are under way.
    const made = [...known].filter(([, { found }]) => found !== null);
    for (const [name] of made.slice(0, Math.max(0, made.length + 1 - kept))) drop(name);
    return {
      places,
      numbers,
      steps: compareLists(db, entries, numbers, query),
      change: changeOf(places),
      gone: entries.gone(numbers),
      found: null,
    };
  }

  /** The next step of one under way; gives how many rows were read, or null when it is made. */
  function goOn(name: string, comparison: Comparison): number | null {
    if (entries.gone(comparison.numbers) !== comparison.gone) {
      drop(name); // A row that changed might be met twice or never.
      return 0;
    }
    try {
      const step = comparison.steps.next();
      if (step.done !== true) return step.value;
      comparison.found = step.value;
      return null;
    } catch (error) {
      drop(name); // It has ended; who asks again begins anew.
      throw error;
    }
  }

  return {
    step(query, offset, limit) {
      const keys = keysOf(query);
      const lists = keys.map((key) => store().byKey(key));
      const of = lists.reduce((sum, list) => sum + (list?.rows ?? 0), 0);
      const names = keys.map(listName);
      const name = nameOf(names, query);
      const comparison =
        known.get(name) ??
        begin(
          names,
          lists.map((list) => list?.no ?? 0),
          query,
        );
      known.delete(name);
      known.set(name, comparison);
      const done = comparison.found === null ? goOn(name, comparison) : null;
      const { found, change } = comparison;
      if (found === null) return { done: done ?? 0, of, window: null };
      const old = changeOf(names) !== change;
      const window = {
        people: found.window(offset, limit).map((users) => ({ users: shape(users) })),
        total: found.total,
        withoutEmail: found.withoutEmail,
        incomplete: keys.filter((_, at) => lists[at]?.complete !== true),
        comparison: change,
        old,
      };
      if (old) drop(name); // It is told once, and then made anew.
      return { done: of, of, window };
    },

    leave(query) {
      const name = nameOf(keysOf(query).map(listName), query);
      if (known.get(name)?.found === null) drop(name);
    },

    forget(list) {
      const place = listName(list);
      last += 1;
      changes.set(place, last);
      for (const [name, { places, found }] of known) if (found && places.includes(place)) drop(name);
    },
  };
}

/** Each place once. A place without a list has nobody: comparing with it is comparing with an empty list. */
function keysOf({ places }: CompareQuery): readonly ListKey[] {
  const keys = places.map(({ connection, installation }): ListKey => ({
    kind: 'users',
    connection,
    installation: { id: installation, name: '' },
  }));
  return [...new Map(keys.map((key) => [listName(key), key])).values()];
}

function nameOf(places: readonly string[], { find, search = '' }: CompareQuery): string {
  return JSON.stringify([places, find, search]);
}

/** What a comparison that is given up returns. */
const nothing: Compared = { total: 0, withoutEmail: 0, window: () => [], drop: () => undefined };
