import type { Input } from '../../preload/contract.ts';
import type { Connection } from '../connections/connection.ts';
import type { ListState } from '../directory/rows.ts';

type Asked = Input<'exports.start'>['of'];
type AskedComparison = Extract<Asked, { readonly what: 'comparison' }>;

/** What was asked for, for the line of provenance: `status active, connection acme`. */
export function inWords(
  asked: Asked,
  known: readonly Connection[],
  lists: readonly Pick<ListState, 'key'>[],
): string {
  const name = (id: unknown): string => known.find((connection) => connection.id === id)?.name ?? String(id);
  if (asked.what === 'comparison') return comparisonInWords(asked, name, lists);
  const { what, ...filter } = asked;
  const said = Object.entries<unknown>(filter)
    .filter(([key, value]) => value !== undefined && value !== '' && key !== 'descending')
    .map(([key, value]) => `${key} ${key === 'connection' ? name(value) : String(value)}`);
  return said.length === 0 ? `all ${what}` : said.join(', ');
}

/** `people who are in Harbour (acme) and not in Mill (acme), search "ann"`: the installations in their order. */
function comparisonInWords(
  { places, find, search = '' }: AskedComparison,
  name: (id: string) => string,
  lists: readonly Pick<ListState, 'key'>[],
): string {
  const [first = '', ...others] = places.map(({ connection, installation }) => {
    const key = lists
      .map((list) => list.key)
      .find(
        (each) =>
          each.kind === 'users' && each.connection === connection && each.installation.id === installation,
      );
    return `${key?.kind === 'users' ? key.installation.name : installation} (${name(connection)})`;
  });
  const all = named([first, ...others]);
  const found = {
    everywhere: `are in each of ${all}`,
    some: `are in some but not all of ${all}`,
    only_first: others.length === 0 ? `are in ${first}` : `are in ${first} and not in ${named(others)}`,
    duplicates: `stand more than once in one of ${all}`,
  }[find];
  return `people who ${found}${search === '' ? '' : `, search "${search}"`}`;
}

/** So many names fit into the cell of a sheet, which the line of provenance can be. */
const mostNames = 100;

function named(places: readonly string[]): string {
  const more = places.length - mostNames;
  return [...places.slice(0, mostNames), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
