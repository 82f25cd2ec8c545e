import type { SQLInputValue } from 'node:sqlite';
import type { Facets, FacetName, Traits } from './facets.ts';
import { searchTerms, type Term } from './fold.ts';
import type { List } from './store.ts';
import type { Filter } from './rows.ts';

/** A filter made ready for both ways of answering it: the search index, and reading the rows. */
export interface Condition {
  /** True where no row can match: nothing has to be asked. */
  readonly nothing: boolean;
  /** True where every row of the kind matches. */
  readonly everything: boolean;
  /** Full-text expression that every match satisfies; empty where it can say nothing. */
  readonly match: string;
  /** SQL on `e` and the ranking `r` for what the expression leaves open, and its values; empty where it is exact. */
  readonly verify: readonly string[];
  readonly verifyValues: readonly SQLInputValue[];
  /** SQL on `e` that says all of it, and its values. */
  readonly scan: readonly string[];
  readonly scanValues: readonly SQLInputValue[];
  /** The combinations of traits (facets.ts) that are allowed; null = all. Without words it says all. */
  readonly combos: readonly number[] | null;
  /** Whether words are looked for. */
  readonly words: boolean;
  /** How many match, where that is known without looking: nothing but connection and installation in the filter. */
  readonly count: number | null;
  /** Tells two conditions apart. */
  readonly name: string;
}

type TraitsTest = (traits: Traits) => boolean;

/** The full-text expression names up to so many values of a facet; more are looked at row by row. */
const maxCodes = 200;

/**
 * Nothing a person types becomes syntax: in SQL it is a bound value looked for with `instr` (which knows no
 * wildcards), in the full-text expression a quoted string of exactly three characters.
 *
 * @param allowed the lists that the filter's connections and installation leave, of all `lists` of the kind
 */
export function readFilter(
  filter: Filter,
  allowed: readonly List[],
  lists: readonly List[],
  facets: Facets,
): Condition {
  const terms = searchTerms(filter.search ?? '');
  const wanted = wantedCodes(filter, facets);
  const narrowed = wanted.length > 0;
  const whole = allowed.length === lists.length;

  const scan: string[] = ['e.list > 0'];
  const scanValues: SQLInputValue[] = [];
  const places = whole ? [] : placeCodes(filter, allowed, facets);
  const combos = narrowed || !whole ? facets.combos(traitsTest(filter, allowed)) : null;
  if (combos !== null) {
    scan.push(inCombos);
    scanValues.push(JSON.stringify(combos));
  }
  for (const { needle } of terms) {
    scan.push(contains);
    scanValues.push(needle, needle);
  }

  const groups = [places, ...wanted].filter((codes) => codes.length > 0 && codes.length <= maxCodes);
  const expression = [
    ...groups.map((codes) => `(${codes.map(quote).join(' OR ')})`),
    ...trigrams(terms).map(quote),
  ];
  const said = [places, ...wanted].every((codes) => codes.length <= maxCodes);
  const open = terms.filter((term) => !term.exact);
  return {
    nothing: allowed.length === 0 || combos?.length === 0,
    everything: !narrowed && terms.length === 0 && whole,
    match: expression.join(' AND '),
    verify: [...(said ? [] : [inCombosOfRank]), ...open.map(() => contains)],
    verifyValues: [
      ...(said ? [] : [JSON.stringify(combos ?? [])]),
      ...open.flatMap(({ needle }) => [needle, needle]),
    ],
    scan,
    scanValues,
    combos,
    words: terms.length > 0,
    count: narrowed || terms.length > 0 ? null : allowed.reduce((sum, list) => sum + list.rows, 0),
    name: JSON.stringify([
      whole ? '*' : allowed.map((list) => list.no),
      terms.map((each) => each.needle),
      filter.status,
      filter.role,
      filter.without,
      filter.ends,
    ]),
  };
}

const contains = '(instr(e.name, ?) OR instr(e.rest, ?))';
const inCombos = 'e.combo IN (SELECT value FROM json_each(?))';
/** The ranking has the combination too: rows that fail need not be looked up. */
const inCombosOfRank = inCombos.replace('e.', 'r.');

/** The codes that a row must have one of, for each thing that the filter asks for. */
function wantedCodes(filter: Filter, facets: Facets): readonly (readonly string[])[] {
  const one = (name: FacetName, value: string | undefined): (readonly string[])[] => {
    if (value === undefined) return [];
    const code = facets.find(name, value);
    return [code === null ? [] : [code]];
  };
  const { ends } = filter;
  const days = facets.values('ends').filter((day) => ends !== undefined && within(Number(day), ends));
  return [
    ...one('status', filter.status),
    ...one('role', filter.role),
    ...one('without', filter.without),
    ...(ends === undefined ? [] : [days.flatMap((day) => facets.find('ends', day) ?? [])]),
  ];
}

/** By connection; or one installation's id under several connections. */
function placeCodes(filter: Filter, allowed: readonly List[], facets: Facets): readonly string[] {
  const { connection, installation } = filter;
  const code =
    connection !== undefined && installation === undefined ? facets.find('connection', connection) : null;
  if (code !== null && allowed.length > 1) return [code];
  return allowed.flatMap((list) => facets.find('list', String(list.no)) ?? []);
}

function traitsTest(filter: Filter, allowed: readonly List[]): TraitsTest {
  const lists = new Set(allowed.map(({ no }) => no));
  const { status, role, without, ends } = filter;
  return (traits) =>
    lists.has(traits.list) &&
    (status === undefined || traits.status === status) &&
    (role === undefined || traits.roles.includes(role)) &&
    (without === undefined || traits.without.includes(without)) &&
    (ends === undefined || (traits.endsOn !== null && within(traits.endsOn, ends)));
}

function within(day: number, { from, to }: NonNullable<Filter['ends']>): boolean {
  return day >= from && (to === null || day <= to);
}

function trigrams(terms: readonly Term[]): string[] {
  return [...new Set(terms.flatMap((term) => term.trigrams))];
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
