import { createHash } from 'node:crypto';
import type { Reply, Switches } from '../../contract.ts';
import type { Records } from '../../data/records.ts';
import { wholeNumber } from '../body.ts';
import { select } from '../select.ts';
import type { Order, Scalar } from '../select.ts';
import { numberSwitch } from '../switches.ts';
import { status } from './errors.ts';
import { nebulaFilter } from './filter.ts';
import type { FilterFields } from './filter.ts';

export interface NebulaPage<R> {
  readonly items: R[];
  readonly nextPageToken: string;
  readonly total: number;
}

export interface NebulaListOptions<R> {
  readonly records: Records<R>;
  readonly filterFields: FilterFields<R>;
  /** The fields that `order_by` may name. */
  readonly orderFields: FilterFields<R>;
  /** What the page token is bound to besides the query, e.g. the parent's name. */
  readonly parent: string;
}

/**
 * A page of a list by `page_size`, `page_token`, `filter` and `order_by` (vendor-apis 2.3). The token is opaque and
 * belongs to its query: another filter, order or parent, or any other text, is INVALID_ARGUMENT. A page size above the
 * maximum is lowered to it.
 */
export function nebulaPage<R>(
  { records, filterFields, orderFields, parent }: NebulaListOptions<R>,
  query: URLSearchParams,
  switches: Switches,
): NebulaPage<R> | Reply {
  const sizeText = query.get('page_size') ?? '0';
  const size = wholeNumber(sizeText === '' ? '0' : sizeText);
  if (size === null || size < 0) return status('INVALID_ARGUMENT', 'page_size must be a whole number from 0');
  const filter = query.get('filter') ?? '';
  const orderBy = query.get('order_by') ?? '';
  const key = JSON.stringify([parent, filter, orderBy]);
  const skip = offsetOf(query.get('page_token') ?? '', key);
  if (skip === null) return status('INVALID_ARGUMENT', 'page_token is not valid for this request');

  const test = filter.trim() === '' ? null : nebulaFilter(filter, filterFields);
  if (typeof test === 'string') return status('INVALID_ARGUMENT', test);
  const orders = orderBy.trim() === '' ? [] : ordersOf(orderBy, orderFields);
  if (!Array.isArray(orders)) return orders;

  const selection = select(records, key, test, orders);
  const most = numberSwitch(switches, 'nebula.maxPageSize');
  const items = selection.page(
    skip,
    Math.min(size === 0 ? numberSwitch(switches, 'nebula.pageSize') : size, most),
  );
  const next = skip + items.length;
  return { items, nextPageToken: next < selection.count ? tokenOf(next, key) : '', total: selection.count };
}

/** SQL style: `display_name DESC, name`. A field that cannot be ordered by is UNKNOWN (vendor-apis 2.3). */
function ordersOf<R>(
  text: string,
  fields: Readonly<Record<string, (record: R) => Scalar>>,
): Order<R>[] | Reply {
  const orders: Order<R>[] = [];
  for (const part of text.split(',')) {
    const found = /^\s*([A-Za-z_][\w.]*)(?:\s+(asc|desc))?\s*$/iu.exec(part);
    if (found === null) return status('INVALID_ARGUMENT', 'order_by is not valid');
    const name = found[1] ?? '';
    const read = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (read === undefined) return status('UNKNOWN', `field ${name.slice(0, 60)} is not orderable`);
    orders.push({ read, descending: found[2]?.toLowerCase() === 'desc' });
  }
  return orders;
}

function seal(offset: number, key: string): string {
  return createHash('sha256').update(`${offset} ${key}`).digest('base64url').slice(0, 16);
}

function tokenOf(offset: number, key: string): string {
  return Buffer.from(`${offset}.${seal(offset, key)}`).toString('base64url');
}

/** The offset in a page token of this query, 0 for no token, null for a wrong one. */
function offsetOf(token: string, key: string): number | null {
  if (token === '') return 0;
  const offset = wholeNumber(Buffer.from(token, 'base64url').toString('latin1').split('.')[0] ?? '');
  return offset !== null && offset >= 0 && tokenOf(offset, key) === token ? offset : null;
}
