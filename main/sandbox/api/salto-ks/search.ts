import type { Access, Reply } from '../../contract.ts';
import type { SaltoKsPerson, SaltoKsSite, SaltoKsWorld } from '../../data/salto-ks.ts';
import { invalid, notFound } from './errors.ts';
import { sitesOf } from './caller.ts';

/**
 * `GET /v1.1/users/search?search_for=<e-mail or tag>&for_site_id=<uuid>`: one platform user (vendor-apis 1.6, KS-HD-INV).
 * Exact, without case. Walks the lists until somebody is found.
 */
export function searchUser(world: SaltoKsWorld, access: Access, query: URLSearchParams): Reply {
  const wanted = (query.get('search_for') ?? '').trim().toLowerCase();
  const site = sitesOf(world, access).find(({ id }) => id === query.get('for_site_id'));
  if (wanted === '') return invalid('search_for is required');
  if (site === undefined) return invalid('for_site_id is not one of your sites');
  const person = world.outsiders.get(wanted) ?? seededPerson(world.sites, wanted);
  if (person === null) return notFound('User');
  return {
    status: 200,
    json: {
      id: person.id,
      first_name: person.first_name,
      last_name: person.last_name,
      image_url: person.image_url,
      is_managed: person.is_managed_by_current_site,
      has_identity: person.has_profile,
      is_linked: isLinked(site, person.id),
    },
  };
}

function seededPerson(sites: readonly SaltoKsSite[], wanted: string): SaltoKsPerson | null {
  for (const { users } of sites) {
    for (let at = 0; at < users.count(); at += 1) {
      const { user } = users.at(at);
      if (user.email?.toLowerCase() === wanted || user.tag_number === wanted) return user;
    }
  }
  return null;
}

function isLinked({ users }: SaltoKsSite, personId: string): boolean {
  for (let at = users.count() - 1; at >= 0; at -= 1) {
    if (users.at(at).user.id === personId) return true;
  }
  return false;
}
