import { compareLists, type Compared } from './compare.ts';
import type { Database } from './database.ts';
import type { Entries } from './entries.ts';
import type { CompareQuery, CompareStep, ListKey, UserRow } from './rows.ts';
import type { List, Store } from './store.ts';
import type { Found } from './window.ts';

/** Comparisons under way and the last that were made. */
export interface Comparisons {
  /** A window of a comparison, or a step towards it: whoever asks asks again. */
  step(query: CompareQuery, offset: number, limit: number): CompareStep;
  /** Users came, changed or went: what was found is no longer true. */
  forget(): void;
}

interface Comparison {
  readonly number: number;
  readonly steps: Generator<number, Compared, void>;
  /** How many rows of these lists had gone when it was begun. */
  readonly gone: number;
  found: Compared | null;
  /** Whether users changed since it was begun: it is told once, and then made anew. */
  old: boolean;
  /** When it was last asked for, ms. */
  askedAt: number;
}

/** A person looks at one at a time; the one before may be looked at again. */
const kept = 2;

/** Nobody waits any more for what was not asked for that long. */
const abandonedMs = 1000;

export function createComparisons(
  db: Database,
  entries: Entries,
  store: () => Store,
  shape: (found: readonly Found[]) => readonly UserRow[],
): Comparisons {
  const known = new Map<string, Comparison>();
  let last = 0;

  function drop(name: string): void {
    known.get(name)?.found?.drop();
    known.delete(name);
  }

  function begin(name: string, lists: readonly List[], query: CompareQuery): Comparison {
    const numbers = lists.map(({ no }) => no);
    const now = performance.now();
    const others = [...known].toSorted(([, a], [, b]) => b.askedAt - a.askedAt).slice(kept - 1);
    for (const [other, { askedAt }] of others) if (now - askedAt > abandonedMs) drop(other);
    last += 1;
    const begun: Comparison = {
      number: last,
      steps: compareLists(db, entries, numbers, query),
      gone: entries.gone(numbers),
      found: null,
      old: false,
      askedAt: now,
    };
    known.set(name, begun);
    return begun;
  }

  return {
    step({ places, ...query }, offset, limit) {
      const keys = places.map(({ connection, installation }): ListKey => ({
        kind: 'users',
        connection,
        installation: { id: installation, name: '' },
      }));
      const lists = keys.flatMap((key) => store().byKey(key) ?? []);
      // A place without a list has nobody: comparing with it is comparing with an empty list.
      const missing = keys.filter((key) => store().byKey(key) === undefined);
      const firstMissing = query.find === 'only_first' && keys[0] !== undefined && missing.includes(keys[0]);
      const none = lists.length === 0 || firstMissing || (query.find === 'everywhere' && missing.length > 0);
      const of = lists.reduce((sum, { rows }) => sum + rows, 0);

      const name = JSON.stringify([lists.map(({ no }) => no), query.find, query.search ?? '']);
      const comparison = known.get(name) ?? begin(name, lists, { places, ...query });
      comparison.askedAt = performance.now();
      if (comparison.found === null) {
        if (entries.gone(lists.map(({ no }) => no)) !== comparison.gone) {
          drop(name); // A row that changed might be met twice or never.
          return { done: 0, of, window: null };
        }
        const step = comparison.steps.next();
        if (step.done !== true) return { done: step.value, of, window: null };
        comparison.found = step.value;
      }
      const { found, number, old } = comparison;
      const window = {
        people: none ? [] : found.window(offset, limit).map((users) => ({ users: shape(users) })),
        total: none ? 0 : found.total,
        withoutEmail: found.withoutEmail,
        incomplete: [...missing, ...lists.filter(({ complete }) => !complete).map(({ key }) => key)],
        comparison: number,
        old,
      };
      if (old) drop(name);
      return { done: of, of, window };
    },
    forget() {
      for (const [name, comparison] of known) {
        if (comparison.found === null) comparison.old = true;
        else drop(name);
      }
    },
  };
}
