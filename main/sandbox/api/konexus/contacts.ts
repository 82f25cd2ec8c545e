import type { Reply, Switches } from '../../contract.ts';
import { konexusTenant } from '../../data/konexus.ts';
import type { KonexusGroup, KonexusMember, KonexusWorld } from '../../data/konexus.ts';
import type { Standing } from '../../data/people.ts';
import { jsonObject } from '../body.ts';
import type { JsonObject } from '../body.ts';
import { select } from '../select.ts';
import type { Order, Scalar } from '../select.ts';
import { numberSwitch, wordSwitch } from '../switches.ts';
import { envelope } from './envelope.ts';
import { v2Error } from './errors.ts';

/** The values of a contact's `status` are not published; these words are the sandbox's. */
const statusWords: Record<Standing, string> = {
  active: 'Active',
  pending: 'Pending',
  suspended: 'Suspended',
  blocked: 'Blocked',
  expired: 'Expired',
};

const sortFields: Readonly<Record<string, (member: KonexusMember) => Scalar>> = {
  id: ({ id }) => id,
  externalid: (member) => member.externalId,
  firstname: ({ person }) => person.given,
  lastname: ({ person }) => person.family,
  title: ({ title }) => title,
  type: ({ type }) => type,
  status: ({ person }) => statusWords[person.standing],
};

/** A contact (vendor-apis 3.2). E-mails and phones are objects in the schema, plain strings in its example. */
function contact(member: KonexusMember, form: string): object {
  const { person } = member;
  const asText = form === 'string' || (form === 'mixed' && member.id % 2 === 0);
  return {
    id: member.id,
    credentialId: member.credentialId,
    externalId: member.externalId,
    firstName: person.given,
    lastName: person.family,
    title: member.title,
    emails: person.email === null ? [] : [asText ? person.email : { address: person.email }],
    phones: member.phone === null ? [] : [asText ? member.phone : phoneObject(member.phone)],
    chatUser: null,
    asset: { id: Number(konexusTenant.id), name: konexusTenant.name, externalId: null },
    type: member.type,
    notes: null,
    mobileAppUser: member.mobileAppUser,
    agency: null,
    status: statusWords[person.standing],
    businessAddress: null,
  };
}

function phoneObject(number: string): object {
  return { number, priority: 1, phoneType: 'Mobile', smsStatus: 'Active', voiceStatus: 'Active' };
}

/** A group and, where asked, all groups below it. */
function groupIdsWithin(
  groups: readonly KonexusGroup[],
  roots: readonly number[],
  nested: boolean,
): Set<number> {
  const ids = new Set(roots);
  // Parents stand before their children in the list, so one walk reaches every depth.
  for (const group of groups) {
    if (nested && group.parentId !== null && ids.has(group.parentId)) ids.add(group.id);
  }
  return ids;
}

interface Wanted {
  readonly search: string;
  readonly lastName: string;
  readonly email: string;
  readonly emailPrefix: boolean;
  readonly phone: string;
  readonly contactIds: readonly number[];
  readonly externalIds: readonly string[];
  readonly groups: ReadonlySet<number> | null;
  readonly ungrouped: boolean;
  readonly type: string;
}

function matches(member: KonexusMember, wanted: Wanted): boolean {
  const { given, family, email } = member.person;
  const address = (email ?? '').toLowerCase();
  const everything = `${given} ${family}\n${address}\n${member.externalId ?? ''}\n${member.phone ?? ''}`;
  const digits = wanted.phone.replace(/\D/gu, '');
  return (
    everything.toLowerCase().includes(wanted.search) &&
    family.toLowerCase().startsWith(wanted.lastName) &&
    (wanted.email === '' ||
      (wanted.emailPrefix ? address.startsWith(wanted.email) : address === wanted.email)) &&
    (wanted.phone === '' || (digits !== '' && (member.phone ?? '').includes(digits))) &&
    (wanted.contactIds.length === 0 || wanted.contactIds.includes(member.id)) &&
    (wanted.externalIds.length === 0 || wanted.externalIds.includes(member.externalId ?? '')) &&
    (wanted.groups === null || (member.groupId !== null && wanted.groups.has(member.groupId))) &&
    (!wanted.ungrouped || member.groupId === null) &&
    (wanted.type === '' || member.type.toLowerCase() === wanted.type)
  );
}

function lowerText(body: JsonObject, name: string): string {
  const value = body[name];
  return typeof value === 'string' ? value.trim().toLowerCase() : '';
}

function listed<T>(value: unknown, is: (one: unknown) => one is T): T[] {
  return Array.isArray(value) ? value.filter(is) : [];
}

const isNumber = (one: unknown): one is number => typeof one === 'number';
const isText = (one: unknown): one is string => typeof one === 'string';

function wantedOf(body: JsonObject, groups: readonly KonexusGroup[]): Wanted {
  const roots = listed(body['groupIds'], isNumber);
  if (isNumber(body['groupId'])) roots.push(body['groupId']);
  return {
    search: lowerText(body, 'search'),
    lastName: lowerText(body, 'lastNameSearch'),
    email: lowerText(body, 'emailSearch'),
    emailPrefix: body['emailPrefixMatching'] === true,
    phone: lowerText(body, 'phoneNumberSearch'),
    contactIds: listed(body['contactIds'], isNumber),
    externalIds: listed(body['externalIds'], isText),
    groups: roots.length === 0 ? null : groupIdsWithin(groups, roots, body['includeNestedGroups'] === true),
    ungrouped: body['findUngroupedMembers'] === true,
    type: lowerText(body, 'userType'),
  };
}

/** A comma list, `-` in front for descending, names without regard to case; or the name that is unknown. */
function ordersOf(sort: string): Order<KonexusMember>[] | string {
  const orders: Order<KonexusMember>[] = [];
  for (const part of sort.split(',').map((one) => one.trim())) {
    const name = part.replace(/^-/u, '').toLowerCase();
    const read = Object.hasOwn(sortFields, name) ? sortFields[name] : undefined;
    if (read === undefined) return part;
    orders.push({ read, descending: part.startsWith('-') });
  }
  return orders;
}

function pageNumber(value: unknown, fallback: number): number | null {
  if (value === undefined || value === null) return fallback;
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? value : null;
}

/** `POST /v2/contacts/find`: every field of the body is optional; `page` from 1, `pageSize` 25 (vendor-apis 3.2). */
export function findContacts({ members, groups }: KonexusWorld, bodyText: string, switches: Switches): Reply {
  const body = jsonObject(bodyText, true);
  if (body === null) return v2Error(400, 'The request is invalid.');
  const page = pageNumber(body['page'], 1);
  const asked = pageNumber(body['pageSize'], 25);
  if (page === null || asked === null) return v2Error(400, 'page and pageSize must be whole numbers from 1.');
  const pageSize = Math.min(asked, numberSwitch(switches, 'konexus.maxPageSize'));
  const sort = isText(body['sort']) ? body['sort'].trim() : '';
  const orders = sort === '' ? [] : ordersOf(sort);
  if (typeof orders === 'string') return v2Error(400, `Cannot sort by '${orders.slice(0, 60)}'.`);

  const wanted = wantedOf(body, groups);
  const selection = select(
    members,
    JSON.stringify([wanted, [...(wanted.groups ?? [])], sort]),
    (member) => matches(member, wanted),
    orders,
  );
  const form = wordSwitch(switches, 'konexus.emailForm');
  const items = selection.page((page - 1) * pageSize, pageSize).map((member) => contact(member, form));
  return { status: 200, json: envelope(items, { total: selection.count, page, pageSize }) };
}
