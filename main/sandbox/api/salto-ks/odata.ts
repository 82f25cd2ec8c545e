import type { Reply, Switches } from '../../contract.ts';
import type { Records } from '../../data/records.ts';
import { wholeNumber } from '../body.ts';
import { select } from '../select.ts';
import type { Order, Scalar } from '../select.ts';
import { numberSwitch } from '../switches.ts';
import { badOrder, invalid } from './errors.ts';

/** The fields of a resource that `$filter` and `$orderby` may name; nested ones with a slash (`user/email`). */
export type Fields<R> = Readonly<Record<string, (record: R) => Scalar>>;

export interface ListPage<R> {
  readonly items: R[];
  readonly next_page_link: string | null;
  readonly count: number | null;
}

type Test<R> = (record: R) => boolean;

const literal = String.raw`('(?:[^']|'')*'|true|false|null|-?\d+)`;
const field = String.raw`([A-Za-z_][\w/.]*)`;
const equality = new RegExp(`^${field} +(eq|ne) +${literal}`, 'u');
const call = new RegExp(
  String.raw`^(contains|startswith|endswith)\( *${field} *, *('(?:[^']|'')*') *\)`,
  'u',
);
/** The same as `contains` in OData version 3, with its arguments the other way round; the server takes both dialects. */
const substringOf = new RegExp(String.raw`^(substringof)\( *('(?:[^']|'')*') *, *${field} *\)`, 'u');

function literalValue(text: string): Scalar {
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  if (text === 'null') return null;
  return text === 'true' || text === 'false' ? text === 'true' : Number(text);
}

function lower(value: Scalar): Scalar {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function fieldOf<R>(fields: Fields<R>, name: string): ((record: R) => Scalar) | null {
  const path = name.replaceAll('.', '/');
  return Object.hasOwn(fields, path) ? (fields[path] ?? null) : null;
}

/** One condition at the beginning of `text`: its test and its length, or null when there is none that is understood. */
function condition<R>(text: string, fields: Fields<R>): { test: Test<R>; length: number } | null {
  const equal = equality.exec(text);
  if (equal !== null) {
    const read = fieldOf(fields, equal[1] ?? '');
    const wanted = lower(literalValue(equal[3] ?? ''));
    const same = equal[2] === 'eq';
    return read && { test: (record) => (lower(read(record)) === wanted) === same, length: equal[0].length };
  }
  const called = call.exec(text) ?? substringOf.exec(text);
  if (called === null) return null;
  const [whole, name, second = '', third = ''] = called;
  const swapped = name === 'substringof';
  const read = fieldOf(fields, swapped ? third : second);
  const part = String(literalValue(swapped ? second : third)).toLowerCase();
  const test: Test<R> = (record) => {
    const value = String(read?.(record) ?? '').toLowerCase();
    if (name === 'startswith') return value.startsWith(part);
    return name === 'endswith' ? value.endsWith(part) : value.includes(part);
  };
  return read && { test, length: whole.length };
}

/**
 * The test of a `$filter`: conditions joined by `and`, each `field eq|ne value`, `contains`, `startswith`, `endswith` or
 * `substringof`. Text compares without case, as in the databases behind such services. Null = not understood.
 */
export function odataFilter<R>(text: string, fields: Fields<R>): Test<R> | null {
  const tests: Test<R>[] = [];
  let rest = text.trim();
  for (;;) {
    const found = condition(rest, fields);
    if (found === null) return null;
    tests.push(found.test);
    rest = rest.slice(found.length).trimStart();
    if (rest === '') return (record) => tests.every((test) => test(record));
    if (!/^and\s/u.test(rest)) return null;
    rest = rest.slice(4).trimStart();
  }
}

/** The orders of an `$orderby`, or the part that names no field. */
export function odataOrder<R>(text: string, fields: Fields<R>): Order<R>[] | string {
  const orders: Order<R>[] = [];
  for (const part of text.split(',')) {
    const [name = '', direction = 'asc', ...more] = part.trim().split(/\s+/u);
    const read = fieldOf(fields, name);
    if (read === null || more.length > 0 || !/^(asc|desc)$/u.test(direction)) return part.trim();
    orders.push({ read, descending: direction === 'desc' });
  }
  return orders;
}

/**
 * A page of a list by its OData parameters. `$top` is the size of a page (at most the switch's maximum); the next page
 * is a full URL with `$skip`; `count` is null unless asked for in either dialect (vendor-apis 1.4).
 */
export function odataPage<R>(
  records: Records<R>,
  fields: Fields<R>,
  url: URL,
  origin: string,
  switches: Switches,
): ListPage<R> | Reply {
  const query = url.searchParams;
  const skip = wholeNumber(query.get('$skip') ?? '0');
  const top = wholeNumber(query.get('$top') ?? String(numberSwitch(switches, 'ks.pageSize')));
  if (skip === null || skip < 0) return invalid('$skip must be a whole number from 0');
  if (top === null || top < 0) return invalid('$top must be a whole number from 0');

  const filterText = query.get('$filter') ?? '';
  const test = filterText === '' ? null : odataFilter(filterText, fields);
  if (filterText !== '' && test === null) return invalid('The query specified in $filter is not valid');
  const orderText = query.get('$orderby') ?? '';
  const orders = orderText === '' ? [] : odataOrder(orderText, fields);
  if (typeof orders === 'string') return badOrder(orders);

  const selection = select(records, JSON.stringify([filterText, orderText]), test, orders);
  const size = Math.min(top, numberSwitch(switches, 'ks.maxPageSize'));
  const items = selection.page(skip, size);
  const counted = query.get('$inlinecount') === 'allpages' || query.get('$count') === 'true';
  const next = skip + items.length;
  return {
    items,
    next_page_link: size > 0 && next < selection.count ? nextLink(origin, url, next) : null,
    count: counted ? selection.count : null,
  };
}

/** Parameter names keep their `$` readable, as OData servers write them. */
function nextLink(origin: string, url: URL, skip: number): string {
  const pairs = [...url.searchParams].filter(([name]) => name !== '$skip');
  const query = [...pairs, ['$skip', String(skip)] as const].map(
    ([name, value]) => `${encodeURIComponent(name).replaceAll('%24', '$')}=${encodeURIComponent(value)}`,
  );
  return `${origin}${url.pathname}?${query.join('&')}`;
}
