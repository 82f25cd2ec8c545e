import type { Installation, User, UserStatus } from '../provider.ts';
import { type JsonRecord, joinedName, member, momentOf, textOf } from '../reading.ts';

/** Members are snake_case in the vendor's examples; protobuf JSON also writes lowerCamelCase. */
export function nebulaMember(record: JsonRecord | null, name: string): unknown {
  return member(
    record,
    name,
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  );
}

/** The last segment of a resource name (`installations/surelock-homes-hq/users/01FF2G`); null where there is none. */
function idOfName(value: unknown): string | null {
  return textOf(textOf(value)?.split('/').at(-1));
}

/** An installation; null where it has no name. Protobuf JSON leaves empty members out, so only the name is needed. */
export function readInstallation(record: JsonRecord, now: number): Installation | null {
  const id = idOfName(member(record, 'name'));
  if (id === null) return null;
  return {
    id,
    name: textOf(nebulaMember(record, 'display_name')) ?? id,
    state: stateOf(record, now),
    timeZone: textOf(nebulaMember(record, 'time_zone')),
    userCount: null,
    raw: record,
  };
}

/** A user; null where it has no name. Roles are policies of their own and not part of a user. */
export function readUser(record: JsonRecord, now: number): User | null {
  const id = idOfName(member(record, 'name'));
  if (id === null) return null;
  const email = textOf(member(record, 'email'));
  return {
    id,
    displayName:
      textOf(nebulaMember(record, 'display_name')) ??
      joinedName(nebulaMember(record, 'given_name'), nebulaMember(record, 'family_name')) ??
      email ??
      id,
    email,
    roles: [],
    status: statusOf(record, now),
    expiresAt: momentOf(nebulaMember(record, 'expire_time')),
    raw: record,
  };
}

function stateOf(record: JsonRecord, now: number): string | null {
  const passed = (name: string): boolean => (momentOf(nebulaMember(record, name)) ?? Infinity) <= now;
  if (passed('delete_time')) return 'deleted';
  return passed('block_time') ? 'blocked' : null;
}

/** The strongest reason first: blocked, then past its end, then before its beginning (pending), else active. */
function statusOf(record: JsonRecord, now: number): UserStatus {
  if (member(record, 'blocked') === true) return 'blocked';
  if ((momentOf(nebulaMember(record, 'expire_time')) ?? Infinity) <= now) return 'expired';
  if ((momentOf(nebulaMember(record, 'activate_time')) ?? -Infinity) > now) return 'pending';
  return 'active';
}
