import { type Database, hashId } from './database.ts';
import { searchTerms } from './fold.ts';
import { giveBack } from './give-back.ts';
import { sortedByKeys, type SortKeys } from './merge-sort.ts';
import type { CompareQuery } from './rows.ts';
import type { Entries } from './entries.ts';
import { createColumnKeys, type ColumnKeys } from './sort-keys.ts';
import { firstPlace, foundColumns, placeAfter, type Found, type Place } from './window.ts';

/** People found by a comparison, in the order of their names. */
export interface Compared {
  readonly total: number;
  /** Users that cannot be compared. */
  readonly withoutEmail: number;
  /** For each person of a window the users that stand for this person. */
  window(offset: number, limit: number): readonly (readonly Found[])[];
  /** Gives the memory back; no window may be asked for afterwards. */
  drop(): void;
}

/** Rows of the table looked at in one step, whether or not they are of these lists: some milliseconds. */
const chunk = 4000;

/** Rows of the lists that are put together in one step. */
const togetherChunk = 50_000;

/** Words of a search that one number can note. */
const noted = 30;

/**
 * Users of several lists put together by their e-mail address, as it is searched (folded: capitals do not count). In
 * steps: yields after each how many rows were read so far, so that others have their turn. Rows that come meanwhile may
 * be among them or not.
 *
 * @param entries puts rows into the index of names, where they are not in it yet
 * @param lists the number of each place's list, in the order of the query's places
 */
export function* compareLists(
  db: Database,
  entries: Pick<Entries, 'settle' | 'settledUpTo' | 'newest'>,
  lists: readonly number[],
  { find, search }: Pick<CompareQuery, 'find' | 'search'>,
): Generator<number, Compared, void> {
  const emails = createColumnKeys(0);
  const { newest } = entries;
  try {
    const rows = yield* readRows(db, lists, newest, searchTerms(search ?? ''), emails);
    const read = rows.entries.length + rows.withoutEmail;
    // Which comes first is all the same: a hash tells nearly all addresses apart, and is compared faster than a text.
    const addresses = { first: Float64Array.from(rows.hashes), rest: emails.keys().rest };
    const sorted = yield* stepping(sortedByKeys(rows.entries.length, addresses), read);
    const people = yield* together(sorted, addresses, rows, lists, find, read);
    giveBack(sorted);
    while (entries.settledUpTo < newest) {
      entries.settle();
      yield read;
    }
    const order = yield* byName(db, people, lists, newest, read);
    return made(db, people, order, rows.withoutEmail);
  } finally {
    emails.release();
  }
}

interface Rows {
  readonly entries: readonly number[];
  /** Of the e-mail addresses. */
  readonly hashes: readonly number[];
  readonly lists: readonly number[];
  /** Which words of the search each row has, one bit each. */
  readonly words: readonly (readonly number[])[];
  /** What a person's rows must have together. */
  readonly allWords: readonly number[];
  readonly withoutEmail: number;
}

/** As the rows lie in memory, which is many times faster than in an order. */
function* readRows(
  db: Database,
  lists: readonly number[],
  newest: number,
  terms: ReturnType<typeof searchTerms>,
  emails: ColumnKeys,
): Generator<number, Rows, void> {
  const entries: number[] = [];
  const listOf: number[] = [];
  const hashes: number[] = [];
  const groups = Array.from({ length: Math.ceil(terms.length / noted) }, (_, group) =>
    terms.slice(group * noted, (group + 1) * noted).map(({ needle }) => needle),
  );
  const words = groups.map((): number[] => []);
  let withoutEmail = 0;
  for (let from = 0; from < newest; from += chunk) {
    const found = db.values(
      `SELECT e.entry, e.list, e.rest ${terms.length > 0 ? ', e.name' : ''} FROM users_entry e NOT INDEXED
         WHERE e.entry > ? AND e.entry <= ? AND e.list IN (SELECT value FROM json_each(?)) ORDER BY e.entry`,
      from,
      Math.min(newest, from + chunk),
      JSON.stringify(lists),
    );
    for (const [entry, list, rest, name] of found) {
      const email = String(rest);
      if (email === '') {
        withoutEmail += 1;
        continue;
      }
      entries.push(Number(entry));
      listOf.push(Number(list));
      hashes.push(hashId(email));
      emails.add(email);
      groups.forEach((group, at) => {
        let bits = 0;
        group.forEach((needle, bit) => {
          if (String(name).includes(needle) || email.includes(needle)) bits |= 1 << bit;
        });
        words[at]?.push(bits);
      });
    }
    yield entries.length + withoutEmail;
  }
  const allWords = groups.map((group) => 2 ** group.length - 1);
  return { entries, hashes, lists: listOf, words, allWords, withoutEmail };
}

interface People {
  /** The entries of all people, those of one together. */
  readonly entries: readonly number[];
  /** Where each begins in `entries`, and where the last ends. */
  readonly starts: readonly number[];
}

/** Rows of one address are one person; of these, those that are looked for. `order` has the rows by address. */
function* together(
  order: Uint32Array,
  addresses: SortKeys,
  rows: Rows,
  lists: readonly number[],
  find: CompareQuery['find'],
  read: number,
): Generator<number, People, void> {
  const entries: number[] = [];
  const starts = [0];
  const isWanted = wants[find];
  /** Of each list, where in `order` the person begins whose row was met last in it. */
  const met = new Map<number, number>();
  for (let start = 0, end = 0; start < order.length; start = end) {
    const before = end;
    const row = order[start] ?? 0;
    for (end = start + 1; end < order.length && same(addresses, row, order[end] ?? 0);) end += 1;
    let distinct = 0;
    for (let at = start; at < end; at += 1) {
      const list = rows.lists[order[at] ?? 0] ?? 0;
      if (met.get(list) !== start) distinct += 1;
      met.set(list, start);
    }
    const inFirst = met.get(lists[0] ?? 0) === start;
    if (
      isWanted({ rows: end - start, distinct, inFirst, lists: lists.length }) &&
      hasWords(order.subarray(start, end), rows)
    ) {
      for (let at = start; at < end; at += 1) entries.push(rows.entries[order[at] ?? 0] ?? 0);
      starts.push(entries.length);
    }
    if (Math.floor(before / togetherChunk) !== Math.floor(end / togetherChunk)) yield read;
  }
  return { entries, starts };
}

interface Whereabouts {
  readonly rows: number;
  /** In how many lists they are, and whether in the first of them. */
  readonly distinct: number;
  readonly inFirst: boolean;
  /** How many lists are compared. */
  readonly lists: number;
}

const wants: Readonly<Record<CompareQuery['find'], (of: Whereabouts) => boolean>> = {
  only_first: ({ distinct, inFirst }) => inFirst && distinct === 1,
  everywhere: ({ distinct, lists }) => distinct === lists,
  some: ({ distinct, lists }) => distinct < lists,
  duplicates: ({ rows, distinct }) => rows > distinct,
};

/** Each word in one of a person's rows, not all in the same. */
function hasWords(group: Uint32Array, { words, allWords }: Rows): boolean {
  return allWords.every((all, at) => group.reduce((had, row) => had | (words[at]?.[row] ?? 0), 0) === all);
}

function same({ first, rest }: SortKeys, a: number, b: number): boolean {
  return first[a] === first[b] && (rest === null || rest(a, b) === 0);
}

/** The people as their names are met in the default sort: the first of a person's names counts. */
function* byName(
  db: Database,
  { entries, starts }: People,
  lists: readonly number[],
  newest: number,
  read: number,
): Generator<number, Uint32Array, void> {
  const order = new Uint32Array(starts.length - 1);
  /** Of each row, its person's number from 1 on; 0 where it is nobody's, or its person was met. */
  const personOf = new Uint32Array(newest + 1);
  for (let person = 0; person < order.length; person += 1) {
    for (let at = starts[person] ?? 0; at < (starts[person + 1] ?? 0); at += 1)
      personOf[entries[at] ?? 0] = person + 1;
  }
  yield read;
  const listed = JSON.stringify(lists);
  let met = 0;
  for (let after: Place | null = firstPlace; after !== null && met < order.length;) {
    const until: Place | null = placeAfter(db, 'users', after, chunk);
    const rows = db.values(
      `SELECT e.entry FROM users_entry e INDEXED BY users_sort
         WHERE e.settled = 1 AND (e.sort, e.id, e.list) > (?, ?, ?)
           ${until === null ? '' : 'AND (e.sort, e.id, e.list) <= (?, ?, ?)'}
           AND e.list IN (SELECT value FROM json_each(?)) ORDER BY e.sort, e.id, e.list`,
      ...after,
      ...(until ?? []),
      listed,
    );
    for (const [entry] of rows) {
      const person = personOf[Number(entry)] ?? 0;
      if (person === 0) continue;
      order[met] = person - 1;
      met += 1;
      for (let at = starts[person - 1] ?? 0; at < (starts[person] ?? 0); at += 1)
        personOf[entries[at] ?? 0] = 0;
    }
    after = until;
    yield read;
  }
  giveBack(personOf);
  return order;
}

function* stepping<T>(steps: Generator<void, T, void>, read: number): Generator<number, T, void> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value;
    yield read;
  }
}

function made(db: Database, people: People, order: Uint32Array, withoutEmail: number): Compared {
  const entries = Uint32Array.from(people.entries);
  const starts = Uint32Array.from(people.starts);
  return {
    total: order.length,
    withoutEmail,
    window: (offset, limit) =>
      [...order.subarray(offset, offset + limit)].map(
        (person) =>
          db.all(
            `SELECT ${foundColumns} FROM json_each(?) j CROSS JOIN users_entry e ON e.entry = j.value
               ORDER BY e.list, e.name, e.id`,
            JSON.stringify([...entries.subarray(starts[person], starts[person + 1])]),
          ) as unknown as Found[],
      ),
    drop() {
      for (const each of [entries, starts, order]) giveBack(each);
    },
  };
}
