import { type Database, hashId } from './database.ts';
import { searchTerms } from './fold.ts';
import { giveBack } from './give-back.ts';
import { sortedByKeys, type SortKeys } from './merge-sort.ts';
import { anyNumbers, wholeNumbers, type Numbers } from './numbers.ts';
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

/**
 * Users of several lists put together by their e-mail address, as it is searched (folded: capitals do not count). In
 * steps: yields after each how many rows were read so far, so that others have their turn. Rows that come meanwhile may
 * be among them or not. Thrown away before its end it has to be returned, which gives its memory back.
 *
 * @param entries puts rows into the index of names, where they are not in it yet
 * @param lists the number of each place's list, in the order of the query's places; 0 where a place has none
 */
export function* compareLists(
  db: Database,
  entries: Pick<Entries, 'settle' | 'settledUpTo' | 'newest'>,
  lists: readonly number[],
  { find, search }: Pick<CompareQuery, 'find' | 'search'>,
): Generator<number, Compared, void> {
  const rows = {
    entries: wholeNumbers(),
    emails: createColumnKeys(0),
    hashes: anyNumbers(),
    lists: wholeNumbers(),
    words: wholeNumbers(),
  };
  const people = { entries: wholeNumbers(), starts: wholeNumbers() };
  const { newest } = entries;
  try {
    const terms = searchTerms(search ?? '');
    const withoutEmail = yield* readRows(db, lists, newest, terms, rows);
    const read = rows.entries.length + withoutEmail;
    // Which comes first is all the same: a hash tells nearly all addresses apart, and is compared faster than a text.
    const addresses = { first: rows.hashes.all(), rest: rows.emails.keys().rest };
    const sorted = yield* stepping(sortedByKeys(rows.entries.length, addresses), read);
    try {
      const wanted = { is: wants[find], words: 2 ** terms.length - 1 };
      yield* together(sorted, addresses, rows, lists, wanted, people, read);
    } finally {
      giveBack(sorted);
    }
    while (entries.settledUpTo < newest) {
      entries.settle();
      yield read;
    }
    const found = { entries: people.entries.all(), starts: people.starts.all() };
    const order = yield* byName(db, found, lists, newest, read);
    return made(db, { entries: people.entries.copy(), starts: people.starts.copy() }, order, withoutEmail);
  } finally {
    for (const each of [...Object.values(rows), ...Object.values(people)]) each.release();
  }
}

/** What was read of each row that has an address. */
interface Rows {
  readonly entries: Numbers<Uint32Array>;
  readonly emails: ColumnKeys;
  /** Of the e-mail addresses. */
  readonly hashes: Numbers<Float64Array>;
  readonly lists: Numbers<Uint32Array>;
  /** Which words of the search each row has, one bit each: there are few. */
  readonly words: Numbers<Uint32Array>;
}

/** As the rows lie in memory, which is many times faster than in an order. Gives how many have no address. */
function* readRows(
  db: Database,
  lists: readonly number[],
  newest: number,
  terms: ReturnType<typeof searchTerms>,
  rows: Rows,
): Generator<number, number, void> {
  const needles = terms.map(({ needle }) => needle);
  let withoutEmail = 0;
  for (let from = 0; from < newest; from += chunk) {
    const found = db.values(
      `SELECT e.entry, e.list, e.rest ${needles.length > 0 ? ', e.name' : ''} FROM users_entry e NOT INDEXED
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
      rows.entries.add(Number(entry));
      rows.lists.add(Number(list));
      rows.hashes.add(hashId(email));
      rows.emails.add(email);
      let words = 0;
      needles.forEach((needle, bit) => {
        if (String(name).includes(needle) || email.includes(needle)) words |= 1 << bit;
      });
      rows.words.add(words);
    }
    yield rows.entries.length + withoutEmail;
  }
  return withoutEmail;
}

interface People {
  /** The entries of all people, those of one together. */
  readonly entries: Uint32Array;
  /** Where each begins in `entries`, and where the last ends. */
  readonly starts: Uint32Array;
}

interface Wanted {
  is(of: Whereabouts): boolean;
  /** The words that a person's rows must have together. */
  readonly words: number;
}

/** Rows of one address are one person; `people` gets those that are wanted. `order` has the rows by address. */
function* together(
  order: Uint32Array,
  addresses: SortKeys,
  rows: Rows,
  lists: readonly number[],
  wanted: Wanted,
  people: Readonly<Record<keyof People, Numbers<Uint32Array>>>,
  read: number,
): Generator<number, void, void> {
  const [entryOf, listOf, wordsOf] = [rows.entries.all(), rows.lists.all(), rows.words.all()];
  /** Of each list, where in `order` the person begins whose row was met last in it. */
  const met = new Map<number, number>();
  people.starts.add(0);
  for (let start = 0, end = 0; start < order.length; start = end) {
    const before = end;
    const row = order[start] ?? 0;
    for (end = start + 1; end < order.length && same(addresses, row, order[end] ?? 0);) end += 1;
    let distinct = 0;
    let words = 0;
    for (let at = start; at < end; at += 1) {
      const list = listOf[order[at] ?? 0] ?? 0;
      if (met.get(list) !== start) distinct += 1;
      met.set(list, start);
      // Each word in one of a person's rows, not all in the same.
      words |= wordsOf[order[at] ?? 0] ?? 0;
    }
    const inFirst = met.get(lists[0] ?? 0) === start;
    if (words === wanted.words && wanted.is({ rows: end - start, distinct, inFirst, lists: lists.length })) {
      for (let at = start; at < end; at += 1) people.entries.add(entryOf[order[at] ?? 0] ?? 0);
      people.starts.add(people.entries.length);
    }
    if (Math.floor(before / togetherChunk) !== Math.floor(end / togetherChunk)) yield read;
  }
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
  let met = 0;
  let ordered = false;
  try {
    for (let person = 0; person < order.length; person += 1) {
      for (let at = starts[person] ?? 0; at < (starts[person + 1] ?? 0); at += 1)
        personOf[entries[at] ?? 0] = person + 1;
    }
    yield read;
    const listed = JSON.stringify(lists);
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
    ordered = true;
    return order;
  } finally {
    giveBack(personOf);
    if (!ordered) giveBack(order);
  }
}

function* stepping(
  steps: Generator<void, Uint32Array, void>,
  read: number,
): Generator<number, Uint32Array, void> {
  try {
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) return step.value;
      yield read;
    }
  } finally {
    steps.return(new Uint32Array());
  }
}

function made(db: Database, people: People, order: Uint32Array, withoutEmail: number): Compared {
  const { entries, starts } = people;
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
