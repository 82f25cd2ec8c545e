import type { Access, Exchange, Reply, Switches } from '../../contract.ts';
import { konexusDirectory, konexusTenant } from '../../data/konexus.ts';
import type { KonexusMember, KonexusWorld } from '../../data/konexus.ts';
import { jsonObject } from '../body.ts';
import { flagSwitch } from '../switches.ts';
import { problem, validationProblem } from './errors.ts';

/** Directory paths, where the tenant stands first; `segments` starts with it. */
export function directoryRequest(
  world: KonexusWorld,
  access: Access,
  exchange: Exchange,
  segments: readonly string[],
  switches: Switches,
): Reply | null {
  const [tenantId, area, directoryId, collection, id, ...more] = segments;
  if (area !== 'directory' || collection !== 'users' || id === undefined || more.length > 0) return null;
  // A token is connected to its own tenant only (Directory changelog 4.1.0).
  if (tenantId !== konexusTenant.id || access.reach === 0) return problem(403, 'The tenant is not yours.');
  // Directory operations want both scopes (vendor-apis 3.1).
  if (!['tamarack', 'content'].every((scope) => access.scopes.includes(scope))) {
    return problem(403, 'The scopes tamarack and content are required.');
  }
  if (directoryId !== konexusDirectory) return problem(404, 'Directory not found.');
  if (id === 'query') return exchange.method === 'POST' ? queryUsers(world, exchange.body, switches) : null;
  if (exchange.method !== 'GET') return null;
  const member = world.members.find(id);
  return member === null ? problem(404, 'User not found.') : { status: 200, json: profile(member) };
}

/** `users/query`: `{email?, phone?, externalId?}`, exact. No filter answers nobody, or everybody by switch. */
function queryUsers({ members }: KonexusWorld, bodyText: string, switches: Switches): Reply {
  const body = jsonObject(bodyText, true);
  if (body === null) return validationProblem({ '': ['A JSON object is required.'] });
  const wanted = new Map<string, string>();
  for (const name of ['email', 'phone', 'externalId']) {
    const value = body[name] ?? '';
    if (typeof value !== 'string') return validationProblem({ [name]: [`The ${name} field must be text.`] });
    if (value !== '') wanted.set(name, value.toLowerCase());
  }
  const all = wanted.size === 0 && flagSwitch(switches, 'konexus.usersQueryAll');
  const items: object[] = [];
  for (let at = 0; at < members.count() && (all || wanted.size > 0); at += 1) {
    const member = members.at(at);
    const values: Readonly<Record<string, string | null>> = {
      email: member.person.email,
      phone: member.phone,
      externalId: member.externalId,
    };
    if ([...wanted].every(([name, value]) => values[name]?.toLowerCase() === value))
      items.push(summary(member));
  }
  return {
    status: 200,
    json: { totalItemCount: items.length, page: 1, pageSize: Math.max(25, items.length), items },
  };
}

function displayName({ person }: KonexusMember): string {
  return `${person.given} ${person.family}`;
}

/** A UserProfileSummary: three references `{id, name, description, uri}`. */
function summary(member: KonexusMember): object {
  const base = `/${konexusTenant.id}/directory/${konexusDirectory}`;
  return {
    profile: {
      id: String(member.id),
      name: displayName(member),
      description: '',
      uri: `${base}/users/${member.id}`,
    },
    tenant: { id: konexusTenant.id, name: konexusTenant.name, description: '', uri: `/${konexusTenant.id}` },
    directory: { id: konexusDirectory, name: 'Public directory', description: '', uri: base },
  };
}

/** A UserProfile (vendor-apis 3.2). */
function profile(member: KonexusMember): object {
  const { given, family, email, standing } = member.person;
  const value = (text: string): object => ({
    value: text,
    primary: true,
    type: 'work',
    verification: { verified: standing !== 'pending' },
  });
  const emails = email === null ? [] : [value(email)];
  const phones = member.phone === null ? [] : [value(member.phone)];
  return {
    tenantId: konexusTenant.id,
    directories: [konexusDirectory],
    id: String(member.id),
    externalId: member.externalId,
    displayName: displayName(member),
    name: {
      formatted: displayName(member),
      familyName: family,
      givenName: given,
      middleName: null,
      honorificPrefix: null,
      honorificSuffix: null,
    },
    contactInformation: {
      emails: { items: emails, totalCount: emails.length },
      phones: { items: phones, totalCount: phones.length },
      mobileApps: [],
    },
    notificationPreferences: {
      locations: [],
      memberships: [],
      preferredWrittenLanguage: 'en',
      preferredSpokenLanguage: 'en',
      locale: 'en-US',
      timezone: 'America/Denver',
    },
    organizationInformation: { jobTitle: member.title, department: null },
    authorization: {
      role: { id: 'member', name: 'Member', description: '', uri: '/roles/member' },
      roles: [],
    },
    legacyAuthorization: null,
  };
}
