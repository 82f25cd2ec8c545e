import type { Access, AccessProblem, ApiOptions, Exchange, Handler, Reply } from '../contract.ts';
import { within } from '../data/enrolment.ts';
import { listRecords } from '../data/records.ts';
import type { Records } from '../data/records.ts';
import type { SmartenitUser, SmartenitWorld } from '../data/smartenit.ts';
import type { World } from '../data/world.ts';
import { smartenitError } from '../smartenit/errors.ts';
import { isObject, jsonObject, pathSegments, wholeNumber } from './body.ts';
import { select } from './select.ts';
import { mongoQuery, scalarAt } from './smartenit/query.ts';
import { numberSwitch } from './switches.ts';

type Identified = object & { readonly _id: string };

/** 401 with the code that tells invalid from expired (vendor-apis 4.2: the SDK refreshes on both). */
function unauthorized(problem: AccessProblem): Reply {
  return problem === 'expired'
    ? smartenitError(401, 'tokenExpired', 'Expired access token')
    : smartenitError(401, 'tokenInvalid', 'Invalid access token');
}

function projected(record: Identified, fields: readonly string[]): object {
  if (fields.length === 0) return record;
  return Object.fromEntries(
    Object.entries(record).filter(([name]) => name === '_id' || fields.includes(name)),
  );
}

function commaList(text: string | null): string[] {
  return (text ?? '').split(',').flatMap((part) => part.trim() || []);
}

/**
 * The Smartenit API v2 (vendor-apis 4.2) under `/v2`, but for `/v2/oauth2`. Reads the switch `smartenit.pageSize`. Tokens
 * of client credentials are restricted: they create users and read nothing.
 */
export function smartenitApi(world: World, options: ApiOptions): Handler {
  const { switches, now } = options;
  const smartenit = world.smartenit;

  /** `page` from 1, `limit` up to the cap, `sort`, `fields`, `q`; the answer is `{data, _links: {total}}`. */
  function list(records: Records<Identified>, query: URLSearchParams): Reply {
    const cap = numberSwitch(switches, 'smartenit.pageSize');
    const page = wholeNumber(query.get('page') ?? '1');
    const limit = wholeNumber(query.get('limit') ?? String(cap));
    if (page === null || page < 1) return smartenitError(400, 'generic', 'page must be a number from 1');
    if (limit === null || limit < 1) return smartenitError(400, 'generic', 'limit must be a number from 1');
    const q = query.get('q') ?? '';
    const test = q === '' ? null : mongoQuery(q);
    if (typeof test === 'string') return smartenitError(400, 'generic', test);
    const sort = query.get('sort') ?? '';
    const orders = commaList(sort).map((part) => {
      const path = part.replace(/^[-+]/u, '');
      return { read: (record: Identified) => scalarAt(record, path), descending: part.startsWith('-') };
    });
    const size = Math.min(limit, cap);
    const selection = select(records, JSON.stringify([q, sort]), test, orders);
    const fields = commaList(query.get('fields'));
    const data = selection.page((page - 1) * size, size).map((record) => projected(record, fields));
    return { status: 200, json: { data, _links: { total: selection.count } } };
  }

  function single(record: Identified | null | undefined): Reply {
    return record ? { status: 200, json: { data: record } } : smartenitError(404, 'generic', 'Not found');
  }

  function collectionOf(name: string, access: Access): Records<Identified> | null {
    if (name === 'users') return visibleUsers(smartenit, access);
    if (name === 'locations') return listRecords(within(smartenit.locations, access.reach), ({ _id }) => _id);
    return name === 'accounts' ? listRecords([smartenit.account], ({ _id }) => _id) : null;
  }

  function read(access: Access, name: string, id: string | undefined, query: URLSearchParams): Reply | null {
    const records = collectionOf(name, access);
    if (records === null) return null;
    if (access.accountId === null) return smartenitError(403, 'generic', 'Insufficient permissions');
    if (id === undefined) return list(records, query);
    return single(records.find(name === 'users' && id === 'me' ? access.accountId : id));
  }

  return async (exchange) => {
    const [version, name = '', id, ...more] = pathSegments(exchange.url.pathname) ?? [];
    if (version !== 'v2' || name === 'oauth2') return null;
    const access = await options.authenticate(exchange.headers['authorization']);
    if (typeof access === 'string') return unauthorized(access);
    if (more.length > 0) return null;
    if (exchange.method === 'GET') return read(access, name, id, exchange.url.searchParams);
    return exchange.method === 'POST' && name === 'users' && id === undefined
      ? createUser(smartenit, exchange, now())
      : null;
  };
}

function all<R>(records: Records<R>): R[] {
  return Array.from({ length: records.count() }, (_, at) => records.at(at));
}

/** Views of a narrowed reach by reach and version: a client that pages asks for the same one again and again. */
const narrowed = new WeakMap<SmartenitWorld, Map<string, Records<SmartenitUser>>>();

/** The users of the locations in reach, naming only those locations, and the caller; everybody when all is in reach. */
function visibleUsers(world: SmartenitWorld, access: Access): Records<SmartenitUser> {
  if (access.reach === 'all') return world.users;
  const views = narrowed.get(world) ?? new Map<string, Records<SmartenitUser>>();
  narrowed.set(world, views);
  const key = `${world.users.version()} ${access.reach} ${access.accountId ?? ''}`;
  const known = views.get(key);
  if (known !== undefined) return known;
  const ids = new Set(within(world.locations, access.reach).map((location) => location._id));
  const users = all(world.users)
    .map((user) => ({
      ...user,
      parents: {
        ...user.parents,
        locations: (user.parents['locations'] ?? []).filter(({ id }) => ids.has(id)),
      },
    }))
    .filter((user) => user.parents.locations.length > 0 || user._id === access.accountId);
  const view = listRecords(users, (user) => user._id);
  views.clear();
  views.set(key, view);
  return view;
}

/** `POST /v2/users`: `{username, password, profile}`; the password is write-only and kept nowhere. A known name is 409. */
function createUser(world: SmartenitWorld, exchange: Exchange, now: number): Reply {
  const body = jsonObject(exchange.body);
  const username = body?.['username'];
  if (typeof username !== 'string' || !/^[^\s@]+@[^\s@]+$/u.test(username)) {
    return smartenitError(400, 'generic', 'username must be an e-mail address');
  }
  if (typeof body?.['password'] !== 'string' || body['password'] === '') {
    return smartenitError(400, 'generic', 'password is required');
  }
  if (all(world.users).some((user) => user.username.toLowerCase() === username.toLowerCase())) {
    return smartenitError(409, 'generic', 'The username is taken');
  }
  const profile = isObject(body['profile']) ? body['profile'] : {};
  const text = (name: string): string => (typeof profile[name] === 'string' ? profile[name] : '');
  const time = new Date(now).toISOString();
  const user: SmartenitUser = {
    _id: world.nextUserId(),
    username,
    profile: { name: text('name'), lastName: text('lastName') },
    parents: { accounts: [{ id: world.account._id, name: world.account.name }], locations: [] },
    createdAt: time,
    updatedAt: time,
  };
  world.users.add(user._id, user);
  return { status: 201, json: { data: user, message: 'User created' } };
}
