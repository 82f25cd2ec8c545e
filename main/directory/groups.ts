import type { Facets } from './facets.ts';
import type { Only } from './query.ts';
import type { Filter, Query } from './rows.ts';
import type { List, Store } from './store.ts';
import type { Found, Slice } from './window.ts';

/** Part of a filter's rows that stands together in a sort: those of one status, or of installations of one name. */
export interface GroupFilter {
  readonly filter: Filter;
  readonly lists: readonly List[];
  readonly only: Only | null;
}

/**
 * Sorts with few different values are not sorted at all: they are the default order of one value after the other.
 * The groups in ascending order; null where the sort is not of that sort.
 */
export function groupsOf(query: Query, store: Store, facets: Facets): readonly GroupFilter[] | null {
  const filter = query.filter ?? {};
  if (query.kind !== 'users') return null;
  const lists = store.visible('users', filter);
  switch (query.sort?.by) {
    case 'status': {
      const values =
        filter.status === undefined ? facets.values('status').toSorted(byCodePoint) : [filter.status];
      return values.map((status) => ({ filter: { ...filter, status }, lists, only: null }));
    }
    case 'roles': {
      const labels = new Set(
        facets.combos(() => true).map((combo) => rolesLabel(facets.traits(combo).roles)),
      );
      return [...labels].toSorted(byCodePoint).map((label) => ({
        filter,
        lists,
        only: { name: `roles ${label}`, test: ({ roles }) => rolesLabel(roles) === label },
      }));
    }
    case 'installation':
      return byLabel(filter, lists, ({ key }) => (key.kind === 'users' ? key.installation.name : ''));
    case 'connection':
      return byLabel(filter, lists, ({ connectionName }) => connectionName);
    case 'provider':
      return byLabel(filter, lists, ({ provider }) => provider);
    default:
      return null;
  }
}

function byLabel(
  filter: Filter,
  lists: readonly List[],
  label: (list: List) => string,
): readonly GroupFilter[] {
  // The lists of the group say where, and more narrowly than the filter.
  const anywhere = Object.entries(filter).filter(([name]) => !places.has(name));
  const rest = Object.fromEntries(anywhere) as Filter;
  return [...Map.groupBy(lists, label)]
    .toSorted(([a], [b]) => byCodePoint(a, b))
    .map(([, group]) => ({ filter: rest, lists: group, only: null }));
}

const places: ReadonlySet<string> = new Set([
  'connection',
  'connections',
  'installation',
] satisfies (keyof Filter)[]);

const rolesLabel = (roles: readonly string[]): string => roles.join(', ');

/** As SQLite compares text. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export interface Group {
  count(): number;
  window(slice: Slice): readonly Found[];
}

/** A window over groups put one after the other; only groups above the window are counted. */
export function groupedWindow(groups: readonly Group[], slice: Slice): readonly Found[] {
  const rows: Found[] = [];
  let skip = slice.offset;
  for (const group of slice.descending ? groups.toReversed() : groups) {
    if (rows.length === slice.limit) break;
    if (skip > 0) {
      const count = group.count();
      if (count <= skip) {
        skip -= count;
        continue;
      }
    }
    rows.push(...group.window({ ...slice, offset: skip, limit: slice.limit - rows.length }));
    skip = 0;
  }
  return rows;
}
