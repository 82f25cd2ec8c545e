import type { Records } from '../data/records.ts';

/** What lists are compared by. Null sorts first. */
export type Scalar = string | number | boolean | null;

export interface Order<R> {
  readonly read: (record: R) => Scalar;
  readonly descending: boolean;
}

/** A filtered and sorted view of a list. */
export interface Selection<R> {
  readonly count: number;
  /** The records from `skip`, at most `take` of them. */
  page(skip: number, take: number): R[];
}

/** How many filtered or sorted views of one list are remembered: enough for a client that pages through a few. */
const REMEMBERED = 8;
const remembered = new WeakMap<object, Map<string, Uint32Array>>();

/**
 * Filters and sorts a list. Unfiltered and unsorted pages cost only their own records, whatever the size of the list;
 * a filter or a sort walks it once and is then remembered under `key` until the list changes.
 */
export function select<R>(
  records: Records<R>,
  key: string,
  test: ((record: R) => boolean) | null,
  orders: readonly Order<R>[],
): Selection<R> {
  if (test === null && orders.length === 0) {
    return pages(records.count(), (position) => records.at(position));
  }
  const fullKey = `${records.version()} ${key}`;
  const known = remembered.get(records) ?? new Map<string, Uint32Array>();
  remembered.set(records, known);
  const positions = known.get(fullKey) ?? sorted(records, filtered(records, test), orders);
  known.delete(fullKey);
  known.set(fullKey, positions);
  for (const oldest of known.keys()) {
    if (known.size <= REMEMBERED) break;
    known.delete(oldest);
  }
  return pages(positions.length, (at) => records.at(positions[at] ?? 0));
}

function pages<R>(count: number, at: (position: number) => R): Selection<R> {
  return {
    count,
    page(skip, take) {
      const end = Math.min(count, skip + take);
      const items: R[] = [];
      for (let position = skip; position < end; position += 1) items.push(at(position));
      return items;
    },
  };
}

function filtered<R>(records: Records<R>, test: ((record: R) => boolean) | null): Uint32Array {
  const count = records.count();
  const positions = new Uint32Array(count);
  let kept = 0;
  for (let position = 0; position < count; position += 1) {
    if (test === null || test(records.at(position))) positions[kept++] = position;
  }
  return positions.subarray(0, kept);
}

function sorted<R>(records: Records<R>, positions: Uint32Array, orders: readonly Order<R>[]): Uint32Array {
  if (orders.length === 0) return positions;
  const columns = orders.map((): Scalar[] => []);
  for (const position of positions) {
    const record = records.at(position);
    orders.forEach(({ read }, at) => columns[at]?.push(sortable(read(record))));
  }
  const ranks = Uint32Array.from(positions.keys()).sort((a, b) => {
    for (const [at, order] of orders.entries()) {
      const column = columns[at] ?? [];
      const step = compare(column[a] ?? null, column[b] ?? null);
      if (step !== 0) return order.descending ? -step : step;
    }
    return a - b;
  });
  return ranks.map((rank) => positions[rank] ?? 0);
}

/** Databases behind such services commonly sort without regard to case. */
function sortable(value: Scalar): Scalar {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function compare(a: Scalar, b: Scalar): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}
