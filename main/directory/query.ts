import type { SQLInputValue } from 'node:sqlite';
import type { Facets } from './facets.ts';
import { searchTerms, type Term } from './fold.ts';
import type { List } from './store.ts';
import type { Filter } from './rows.ts';

/** A filter made ready for both ways of answering it: the search index, and reading the rows. */
export interface Condition {
  /** True where no row can match: nothing has to be asked. */
  readonly nothing: boolean;
  /** True where every row of the kind matches. */
  readonly everything: boolean;
  /** Full-text expression that every match satisfies; empty with `everything`. */
  readonly match: string;
  /** SQL on `e` for what the expression leaves open, and its values; empty where it is exact. */
  readonly verify: readonly string[];
  readonly verifyValues: readonly SQLInputValue[];
  /** SQL on `e` that says all of it, and its values. */
  readonly scan: readonly string[];
  readonly scanValues: readonly SQLInputValue[];
  /** How many match, where that is known without looking: no search, status or role in the filter. */
  readonly count: number | null;
  /** Tells two conditions apart. */
  readonly name: string;
}

/**
 * Nothing a person types becomes syntax: in SQL it is a bound value looked for with `instr` (which knows no
 * wildcards), in the full-text expression a quoted string of exactly three characters.
 *
 * @param allowed the lists that the filter's connection and installation leave, of all `lists` of the kind
 */
export function readFilter(
  filter: Filter,
  allowed: readonly List[],
  lists: readonly List[],
  facets: Facets,
): Condition {
  const terms = searchTerms(filter.search ?? '');
  const wanted: (string | null)[] = [];
  if (filter.status !== undefined) wanted.push(facets.find('status', filter.status));
  if (filter.role !== undefined) wanted.push(facets.find('role', filter.role));
  const exact = wanted.length > 0 || terms.length > 0;

  const place: (string | null)[] = [];
  const scan: string[] = [];
  const scanValues: SQLInputValue[] = [];
  const [only] = allowed;
  if (allowed.length === lists.length) scan.push('e.list > 0');
  else if (allowed.length === 1 && only) {
    place.push(facets.find('list', String(only.no)));
    scan.push('e.list = ?');
    scanValues.push(only.no);
  } else {
    // By connection; or one installation's id under several connections.
    if (filter.connection !== undefined) place.push(facets.find('connection', filter.connection));
    else place.push(...allowed.map((list) => facets.find('list', String(list.no))));
    scan.push('e.list IN (SELECT value FROM json_each(?))');
    scanValues.push(JSON.stringify(allowed.map((list) => list.no)));
  }
  for (const code of wanted) {
    scan.push('instr(e.facets, ?)');
    scanValues.push(code);
  }
  for (const { needle } of terms) {
    scan.push(contains);
    scanValues.push(needle, needle);
  }
  const places = place
    .filter((code) => code !== null)
    .map(quote)
    .join(' OR ');
  const others = [...wanted.filter((code) => code !== null), ...trigrams(terms)].map(quote);
  const open = terms.filter((term) => !term.exact);
  return {
    nothing: allowed.length === 0 || wanted.includes(null),
    everything: !exact && allowed.length === lists.length,
    match: [...(places === '' ? [] : [`(${places})`]), ...others].join(' AND '),
    verify: open.map(() => contains),
    verifyValues: open.flatMap(({ needle }) => [needle, needle]),
    scan,
    scanValues,
    count: exact ? null : allowed.reduce((sum, list) => sum + list.rows, 0),
    name: JSON.stringify([
      allowed.length === lists.length ? '*' : allowed.map((list) => list.no),
      terms.map((each) => each.needle),
      filter.status,
      filter.role,
    ]),
  };
}

const contains = '(instr(e.name, ?) OR instr(e.rest, ?))';

function trigrams(terms: readonly Term[]): string[] {
  return [...new Set(terms.flatMap((term) => term.trigrams))];
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
