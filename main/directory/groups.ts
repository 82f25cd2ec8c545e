import type { Facets } from './facets.ts';
import type { Filter, Query } from './rows.ts';
import type { List, Store } from './store.ts';
import type { Found, Slice } from './window.ts';

/** Part of a filter's rows that stands together in a sort: those of one status, or of installations of one name. */
export interface GroupFilter {
  readonly filter: Filter;
  readonly lists: readonly List[];
}

/**
 * Sorts with few different values are not sorted at all: they are the default order of one value after the other.
 * The groups in ascending order; null where the sort is not of that sort.
 */
export function groupsOf(query: Query, store: Store, facets: Facets): readonly GroupFilter[] | null {
  const filter = query.filter ?? {};
  if (query.kind !== 'users') return null;
  const lists = store.visible('users', filter.connection, filter.installation);
  if (query.sort?.by === 'status') {
    const values =
      filter.status === undefined ? facets.values('status').toSorted(byCodePoint) : [filter.status];
    return values.map((status) => ({ filter: { ...filter, status }, lists }));
  }
  if (query.sort?.by === 'installation') {
    const label = ({ key }: List): string => (key.kind === 'users' ? key.installation.name : '');
    const byLabel = Map.groupBy(lists, label);
    return [...byLabel]
      .toSorted(([a], [b]) => byCodePoint(a, b))
      .map(([, group]) => ({ filter: withoutPlace(filter), lists: group }));
  }
  return null;
}

/** The lists of the group say it already, and more narrowly. */
function withoutPlace(filter: Filter): Filter {
  const { search, status, role } = filter;
  return {
    ...(search !== undefined && { search }),
    ...(status !== undefined && { status }),
    ...(role !== undefined && { role }),
  };
}

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
