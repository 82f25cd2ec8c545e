import type { Installation, User, UserStatus } from '../provider.ts';
import {
  type JsonRecord,
  asRecord,
  countOf,
  idOf,
  joinedName,
  member,
  momentOf,
  textOf,
} from '../reading.ts';

/** A site; null where it has no id. `active_user_amount` is the number of used seats. */
export function readSite(record: JsonRecord): Installation | null {
  const id = idOf(member(record, 'id'));
  if (id === null) return null;
  return {
    id,
    name: textOf(member(record, 'customer_reference')) ?? textOf(member(record, 'site_uid')) ?? id,
    state: textOf(member(record, 'installation_state')),
    timeZone: textOf(member(record, 'time_zone')),
    userCount: countOf(member(record, 'active_user_amount')),
    raw: record,
  };
}

/** A site user under its site user id (the person behind it has another id); null where it has none. */
export function readSiteUser(record: JsonRecord, now: number): User | null {
  const id = idOf(member(record, 'id'));
  if (id === null) return null;
  const person = asRecord(member(record, 'user'));
  const email = textOf(member(person, 'email'));
  return {
    id,
    displayName:
      joinedName(member(person, 'first_name'), member(person, 'last_name')) ??
      textOf(member(record, 'alias')) ??
      email ??
      id,
    email,
    roles: readRoles(member(record, 'roles')),
    status: statusOf(record, person, now),
    expiresAt: momentOf(member(record, 'expires_at')),
    raw: record,
  };
}

/**
 * The strongest reason first: blocked by somebody, then an end date in the past, then a seat that is not paid for
 * (`suspended`), then a person who has not registered yet (`has_profile` false), else active.
 */
function statusOf(record: JsonRecord, person: JsonRecord | null, now: number): UserStatus {
  if (member(record, 'blocked') === true) return 'blocked';
  const expires = momentOf(member(record, 'expires_at'));
  if (expires !== null && expires <= now) return 'expired';
  if (member(record, 'subscription_state') === 'suspended') return 'suspended';
  if (member(person, 'has_profile') === false) return 'pending';
  return 'active';
}

/** Names for people; the code where a role has no name. New users have none for about a minute (KS-M1). */
function readRoles(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((role: unknown) => {
    const record = asRecord(role);
    return textOf(member(record, 'customer_reference')) ?? textOf(member(record, 'code')) ?? [];
  });
}
