import type { Access, ApiOptions, Exchange, Handler, Reply } from '../contract.ts';
import { namesOf } from '../data/enrolment.ts';
import { listRecords } from '../data/records.ts';
import type { SaltoKsSite, SaltoKsUser } from '../data/salto-ks.ts';
import type { SaltoKsRole } from '../data/salto-ks-roles.ts';
import type { World } from '../data/world.ts';
import { pathSegments } from './body.ts';
import { assignableRoles, callerRank, memberOf, readingRank, sitesOf } from './salto-ks/caller.ts';
import { badId, forbiddenV2, notFound, refused, unauthorized } from './salto-ks/errors.ts';
import { odataPage } from './salto-ks/odata.ts';
import type { Fields } from './salto-ks/odata.ts';
import { searchUser } from './salto-ks/search.ts';
import {
  addExistingUser,
  changeSubscription,
  changeUser,
  createUser,
  deleteUser,
  refusedToChange,
  shownUser,
} from './salto-ks/users.ts';
import type { SiteRequest } from './salto-ks/users.ts';
import { wordSwitch } from './switches.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu;

const siteFields: Fields<SaltoKsSite> = {
  id: (site) => site.id,
  site_uid: (site) => site.siteUid,
  customer_reference: (site) => site.name,
  country_code: (site) => site.countryCode,
  time_zone: (site) => site.timeZone,
  active_user_amount: (site) => site.used.seats,
};

const userFields: Fields<SaltoKsUser> = {
  id: ({ id }) => id,
  alias: ({ alias }) => alias,
  blocked: ({ blocked }) => blocked,
  subscription_state: (user) => user.subscription_state,
  expires_at: (user) => user.expires_at,
  'user/id': ({ user }) => user.id,
  'user/first_name': ({ user }) => user.first_name,
  'user/last_name': ({ user }) => user.last_name,
  'user/email': ({ user }) => user.email,
  'user/tag_number': ({ user }) => user.tag_number,
  'user/has_profile': ({ user }) => user.has_profile,
};

const roleFields: Fields<SaltoKsRole> = {
  id: ({ id }) => id,
  code: ({ code }) => code,
  customer_reference: (role) => role.customer_reference,
};

/** A site as `GET /v1.2/sites/{id}` shows it (vendor-apis 1.5, KS-M2); list items carry the same fields here. */
function siteRecord(site: SaltoKsSite): object {
  return {
    id: site.id,
    site_uid: site.siteUid,
    customer_reference: site.name,
    country_code: site.countryCode,
    time_zone: site.timeZone,
    active_user_amount: site.used.seats,
    subscribed_user_amount: site.seats,
    active_iq_amount: site.hubs,
    subscription_valid: site.subscriptionValid,
    pin_enabled: true,
    installation_state: site.state,
    mkey_compatible: true,
    store_events_ttl: '90.00:00:00',
    owner: site.owner,
  };
}

/**
 * The Salto KS Connect API (vendor-apis 1.4 to 1.8) under `/v1`, `/v1.1`, `/v1.2` and, refused, `/v2`. Reads the
 * switches `ks.pageSize`, `ks.maxPageSize`, `ks.siteEnvelope`, `ks.seatLimit` and `ks.rolesDelay`.
 */
export function saltoKsApi(world: World, options: ApiOptions): Handler {
  const ks = world.saltoKs;
  const { origin, switches, now } = options;

  function sites(access: Access, version: string, url: URL): Reply {
    const page = odataPage(listRecords(sitesOf(ks, access)), siteFields, url, origin, switches);
    if ('status' in page) return page;
    const form = wordSwitch(switches, 'ks.siteEnvelope');
    const items = page.items.map(siteRecord);
    const bare = form === 'array' || (form === 'auto' && version === 'v1.2');
    return { status: 200, json: bare ? items : { ...page, items } };
  }

  function me(access: Access): Reply {
    const username = access.username ?? '';
    const names = namesOf(username);
    return {
      status: 200,
      json: {
        id: ks.platformId(username),
        first_name: names.given,
        last_name: names.family,
        phone: null,
        email: username,
        language: 'en',
        tag_number: null,
        tag_rf_id_uid: null,
        image_url: null,
      },
    };
  }

  function siteMe(site: SaltoKsSite, access: Access): Reply {
    const member = memberOf(site, access);
    if (member === null) return notFound('User');
    const owner = member.roles.some((role) => role.code === 'site_owner');
    return {
      status: 200,
      json: {
        ...shownUser(ks, member, now()),
        ownership_state: owner ? 'owner' : 'none',
        member_of_pods: [],
        guest_of_pods: [],
      },
    };
  }

  function userList({ site, access }: SiteRequest, url: URL): Reply {
    if (callerRank(site, access) < readingRank) return refused();
    const page = odataPage(site.users, userFields, url, origin, switches);
    if ('status' in page) return page;
    return { status: 200, json: { ...page, items: page.items.map((user) => shownUser(ks, user, now())) } };
  }

  function oneUser(
    request: SiteRequest,
    exchange: Exchange,
    id: string,
    more: readonly string[],
  ): Reply | null {
    if (!uuid.test(id)) return badId();
    const user = request.site.users.find(id);
    if (user === null) return notFound('User');
    if (callerRank(request.site, request.access) < readingRank) return refused();
    const { method } = exchange;
    if (method === 'GET' && more.length === 0) return { status: 200, json: shownUser(ks, user, now()) };
    const subscription = more.length === 1 && more[0] === 'subscription';
    if (
      !(method === 'PATCH' && (subscription || more.length === 0)) &&
      !(method === 'DELETE' && more.length === 0)
    ) {
      return null;
    }
    const refusal = refusedToChange(request, user);
    if (refusal !== null) return refusal;
    if (method === 'DELETE') return deleteUser(request, user);
    return subscription ? changeSubscription(request, user, exchange) : changeUser(request, user, exchange);
  }

  function siteUsers(request: SiteRequest, exchange: Exchange, rest: readonly string[]): Reply | null {
    const [id, ...more] = rest;
    if (id !== undefined && id !== 'existing') return oneUser(request, exchange, id, more);
    if (exchange.method === 'GET' && id === undefined) return userList(request, exchange.url);
    if (exchange.method !== 'POST' || more.length > 0) return null;
    const refusal = refusedToChange(request, null);
    if (refusal !== null) return refusal;
    return id === undefined ? createUser(request, exchange) : addExistingUser(request, exchange);
  }

  function siteRequest(
    access: Access,
    exchange: Exchange,
    id: string,
    rest: readonly string[],
  ): Reply | null {
    // The readable site_uid is refused in paths (KS-M1).
    if (!uuid.test(id)) return badId();
    const site = sitesOf(ks, access).find((one) => one.id === id.toLowerCase());
    if (site === undefined)
      return [...ks.sites, ...(ks.portfolio.made() ?? [])].some((one) => one.id === id.toLowerCase())
        ? refused()
        : notFound('Site');
    const [collection, ...more] = rest;
    if (collection === 'users') return siteUsers({ world: ks, site, access, switches, now }, exchange, more);
    if (exchange.method !== 'GET' || more.length > 0) return null;
    if (collection === undefined) return { status: 200, json: siteRecord(site) };
    if (collection === 'me') return siteMe(site, access);
    if (collection !== 'roles') return null;
    const page = odataPage(
      listRecords(assignableRoles(site, access)),
      roleFields,
      exchange.url,
      origin,
      switches,
    );
    return 'status' in page ? page : { status: 200, json: page };
  }

  return async (exchange) => {
    const [version = '', ...path] = pathSegments(exchange.url.pathname) ?? [];
    if (!/^v(?:1|1\.1|1\.2|2)$/u.test(version)) return null;
    const access = await options.authenticate(exchange.headers['authorization']);
    if (typeof access === 'string') return unauthorized(access, exchange.headers['authorization']);
    if (version === 'v2') return forbiddenV2();

    const [collection, id, ...rest] = path;
    if (collection === 'sites' && id !== undefined) return siteRequest(access, exchange, id, rest);
    if (exchange.method !== 'GET') return null;
    if (collection === 'sites') return sites(access, version, exchange.url);
    if (collection === 'me' && id === undefined) return me(access);
    if (collection === 'users' && id === 'search' && rest.length === 0) {
      return searchUser(ks, access, exchange.url.searchParams);
    }
    return null;
  };
}
