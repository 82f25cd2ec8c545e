import type { Installation, User } from '../provider.ts';
import { type JsonRecord, asRecord, idOf, joinedName, member, textOf } from '../reading.ts';

/** A location; null where it has no id. Its address and time zone fields are not documented. */
export function readLocation(record: JsonRecord): Installation | null {
  const id = mongoId(record);
  if (id === null) return null;
  return {
    id,
    name: textOf(member(record, 'name')) ?? id,
    state: null,
    timeZone: null,
    userCount: null,
    raw: record,
  };
}

/** A user; null where it has no id. Smartenit documents neither roles nor a state of users, so everybody is active. */
export function readSmartenitUser(record: JsonRecord): User | null {
  const id = mongoId(record);
  if (id === null) return null;
  const profile = asRecord(member(record, 'profile'));
  const username = textOf(member(record, 'username'));
  return {
    id,
    displayName:
      // `lastName` is written, an old client reads `lastname` (SMA-SDK, SMA-OMNI).
      joinedName(member(profile, 'name'), member(profile, 'lastName', 'lastname')) ??
      textOf(member(record, 'name')) ??
      username ??
      id,
    email: username?.includes('@') === true ? username : null,
    roles: [],
    status: 'active',
    expiresAt: null,
    raw: record,
  };
}

/** `_id` as text, or in MongoDB's extended JSON `{"$oid": ...}`. */
function mongoId(record: JsonRecord): string | null {
  const id = member(record, '_id', 'id');
  return idOf(id) ?? idOf(member(asRecord(id), '$oid'));
}
