import type { ApiOptions, Handler } from '../contract.ts';
import type { World } from '../data/world.ts';
import { pathSegments } from './body.ts';
import { findContacts } from './konexus/contacts.ts';
import { directoryRequest } from './konexus/directory.ts';
import { v2Error, v2Unauthorized } from './konexus/errors.ts';
import { groupTree } from './konexus/groups.ts';

/**
 * The Konexus Platform API (vendor-apis 3.2) under `/api`, so that the API base is the origin plus `/api`: v2 contacts
 * and groups, and the Directory on the same host. Reads the switches `konexus.usersQueryAll`, `konexus.emailForm` and
 * `konexus.maxPageSize`.
 */
export function konexusApi(world: World, options: ApiOptions): Handler {
  return async (exchange) => {
    const { method, url, body, headers } = exchange;
    const [base, first = '', ...rest] = pathSegments(url.pathname) ?? [];
    if (base !== 'api') return null;
    const isV2 = /^v\d+(?:\.\d+)?$/u.test(first);
    const access = await options.authenticate(headers['authorization']);
    if (typeof access === 'string') return isV2 ? v2Unauthorized() : { status: 401 };
    if (!isV2) return directoryRequest(world.konexus, access, exchange, [first, ...rest], options.switches);
    if (access.reach === 0) return v2Error(403, 'Forbidden.');

    const path = [first, ...rest].join('/');
    if (method === 'POST' && path === 'v2/contacts/find')
      return findContacts(world.konexus, body, options.switches);
    if (method === 'GET' && path === 'v2.1/groups/tree') return groupTree(world.konexus, url.searchParams);
    return null;
  };
}
