import type { Installation, User } from '../provider.ts';
import { type JsonRecord, asRecord, idOf, joinedName, member, textOf } from '../reading.ts';
import { konexusMember } from './member.ts';

/**
 * The tenant that a token belongs to: no endpoint lists tenants and none tells a tenant's name, so it is called by
 * its number. `raw` has the claims that say so, and no others.
 */
export function readTenant(claims: JsonRecord): Installation | null {
  const id = tenantId(claims);
  if (id === null) return null;
  return {
    id,
    name: `Tenant ${id}`,
    state: null,
    timeZone: null,
    userCount: null,
    raw: { tenantId: member(claims, 'tenantId'), globalTenantId: member(claims, 'globalTenantId') ?? null },
  };
}

/** The `tenantId` claim, numeric text in the published sample. */
export function tenantId(claims: JsonRecord): string | null {
  return idOf(member(claims, 'tenantId'));
}

/**
 * A contact; null where it has no id. Contacts have no roles and no state whose words are documented, so everybody is
 * active.
 */
export function readContact(record: JsonRecord): User | null {
  const id = idOf(konexusMember(record, 'id'));
  if (id === null) return null;
  const email = firstEmail(konexusMember(record, 'emails'));
  return {
    id,
    displayName:
      joinedName(konexusMember(record, 'firstName'), konexusMember(record, 'lastName')) ?? email ?? id,
    email,
    roles: [],
    status: 'active',
    expiresAt: null,
    raw: record,
  };
}

/** Plain texts in the specification's example, objects `{address}` in its schema (`{value}` in the Directory's). */
function firstEmail(value: unknown): string | null {
  if (!Array.isArray(value)) return null;
  for (const entry of value as unknown[]) {
    const record = asRecord(entry);
    const email =
      textOf(entry) ?? textOf(konexusMember(record, 'address')) ?? textOf(konexusMember(record, 'value'));
    if (email !== null) return email;
  }
  return null;
}
