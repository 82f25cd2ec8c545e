import type { Access, ApiOptions, Exchange, Handler, Reply } from '../contract.ts';
import { within } from '../data/enrolment.ts';
import { listRecords } from '../data/records.ts';
import type { NebulaInstallation, NebulaPlace, NebulaUser } from '../data/salto-nebula.ts';
import type { World } from '../data/world.ts';
import { jsonObject, pathSegments, textsField, withFormQuery } from './body.ts';
import { status, unauthenticated } from './salto-nebula/errors.ts';
import type { FilterFields } from './salto-nebula/filter.ts';
import { nebulaPage } from './salto-nebula/list.ts';
import type { NebulaListOptions } from './salto-nebula/list.ts';
import { protobufJson } from './salto-nebula/shape.ts';
import { flagSwitch } from './switches.ts';

// An absent text reads as an empty one in a filter, as unset proto fields do in CEL.
const userOrderFields: FilterFields<NebulaUser> = {
  name: ({ name }) => name,
  display_name: (user) => user.display_name,
  given_name: (user) => user.given_name,
  family_name: (user) => user.family_name ?? '',
};

const userFilterFields: FilterFields<NebulaUser> = {
  ...userOrderFields,
  email: ({ email }) => email ?? '',
  blocked: ({ blocked }) => blocked,
  manager: ({ manager }) => manager ?? '',
  'card_key.state': (user) => user.card_key.state,
  'card_key.uid': (user) => user.card_key.uid,
};

const installationOrderFields: FilterFields<NebulaInstallation> = {
  name: ({ name }) => name,
  display_name: (installation) => installation.display_name,
};

const installationFilterFields: FilterFields<NebulaInstallation> = {
  ...installationOrderFields,
  time_zone: (installation) => installation.time_zone,
};

const namedFields: FilterFields<{ readonly name: string }> = { name: ({ name }) => name };

/** Permissions that every caller of the sandbox holds at the installations it reaches. */
const granted = new Set([
  'nebula.installation.get',
  'nebula.user.list',
  'nebula.user.get',
  'nebula.access-right.list',
]);

/**
 * The Salto Nebula API over HTTP/JSON (vendor-apis 2.2 to 2.5) under `/v1`. Paths other than the users list are inferred
 * from the RPC names. Reads the switches `nebula.pageSize`, `nebula.maxPageSize` and `nebula.omitEmpty`.
 */
export function saltoNebulaApi(world: World, options: ApiOptions): Handler {
  const { switches } = options;
  const { places, roles } = world.nebula;

  const ok = (value: object): Reply => ({
    status: 200,
    json: protobufJson(value, flagSwitch(switches, 'nebula.omitEmpty')),
  });

  function list<R>(plural: string, lister: NebulaListOptions<R>, url: URL, counted = false): Reply {
    const page = nebulaPage(lister, url.searchParams, switches);
    if ('status' in page) return page;
    return ok({
      [plural]: page.items,
      next_page_token: page.nextPageToken,
      // Only users have a total (vendor-apis 2.3).
      ...(counted ? { total_size: page.total } : {}),
    });
  }

  function simple(
    plural: string,
    items: readonly { readonly name: string }[],
    parent: string,
    url: URL,
  ): Reply {
    return list(
      plural,
      { records: listRecords(items), filterFields: namedFields, orderFields: namedFields, parent },
      url,
    );
  }

  function installations(access: Access, url: URL): Reply {
    const visible = within(places, access.reach).map((place) => place.installation);
    return list(
      'installations',
      {
        records: listRecords(visible),
        filterFields: installationFilterFields,
        orderFields: installationOrderFields,
        parent: '',
      },
      url,
    );
  }

  function users(place: NebulaPlace, id: string | undefined, url: URL): Reply {
    if (id !== undefined) {
      const user = place.users.find(id);
      return user === null ? status('NOT_FOUND', 'user not found') : ok(user);
    }
    return list(
      'users',
      {
        records: place.users,
        filterFields: userFilterFields,
        orderFields: userOrderFields,
        parent: place.installation.name,
      },
      url,
      true,
    );
  }

  /** Lists are named by the noun of their method (ListRoles -> `roles`, vendor-apis 2.3), not by the path. */
  function collection(place: NebulaPlace, name: string, id: string | undefined, url: URL): Reply | null {
    const parent = place.installation.name;
    if (name === 'users') return users(place, id, url);
    if (id !== undefined) return null;
    if (name === 'iam-policies') return simple('policies', place.policies, parent, url);
    if (name === 'iam-roles') return simple('roles', roles, parent, url);
    if (name === 'service-accounts') return simple('service_accounts', place.serviceAccounts, parent, url);
    return name === 'units' ? simple('units', place.units, parent, url) : null;
  }

  /** The RPC TestPermissions as a custom verb: the granted part of what was asked (path inferred). */
  function testPermissions(exchange: Exchange): Reply {
    const asked = textsField(jsonObject(exchange.body) ?? {}, 'permissions');
    if (!asked) return status('INVALID_ARGUMENT', 'permissions must be a list of names');
    return ok({ permissions: asked.filter((permission) => granted.has(permission)) });
  }

  function installation(access: Access, exchange: Exchange, rest: readonly string[]): Reply | null {
    const [idAndVerb = '', name, id, ...more] = rest;
    const [placeId = '', verb] = idAndVerb.split(':');
    const { method, url } = exchange;
    const tests = method === 'POST' && verb === 'testPermissions' && name === undefined;
    if (!tests && (method !== 'GET' || verb !== undefined)) return null;
    const place = within(places, access.reach).find((one) => one.id === placeId);
    if (place === undefined) {
      return places.some((one) => one.id === placeId)
        ? status('PERMISSION_DENIED', 'permission denied')
        : status('NOT_FOUND', 'installation not found');
    }
    if (tests) return testPermissions(exchange);
    if (more.length > 0) return null;
    return name === undefined ? ok(place.installation) : collection(place, name, id, url);
  }

  return async (sent) => {
    const [version, kind, ...rest] = pathSegments(sent.url.pathname) ?? [];
    if (version !== 'v1') return null;
    // The vendor's curl example gives a GET its parameters as a form body (SEED-NEB).
    const exchange = sent.method === 'GET' ? withFormQuery(sent) : sent;
    const access = await options.authenticate(exchange.headers['authorization']);
    if (typeof access === 'string') return unauthenticated(access);
    if (kind === 'installations' && rest.length > 0) return installation(access, exchange, rest);
    if (exchange.method !== 'GET' || rest.length > 0) return null;
    if (kind === 'installations') return installations(access, exchange.url);
    return kind === 'iam-roles' ? simple('roles', roles, '', exchange.url) : null;
  };
}
