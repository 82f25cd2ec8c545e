import { type Result, fail, ok } from '../../../preload/errors.ts';
import type { ProviderContext } from '../provider.ts';
import { idOf, member, textOf } from '../reading.ts';
import type { ServiceReach } from '../system-users.ts';
import { readTenant } from './records.ts';

/**
 * The integration user behind a token: its tenant, its name and whether it is an administrator, from the claims of the
 * published sample (KON-DOC): `tenantId`, `name`, `admin` (a word there), `scope`.
 */
export async function konexusReach(context: ProviderContext): Promise<Result<ServiceReach>> {
  const claims = await context.accessTokenClaims();
  if (!claims.ok) return claims;
  const tenant = claims.value === null ? null : readTenant(claims.value);
  if (claims.value === null || tenant === null) {
    return fail(
      'response_unexpected',
      'The access token does not say which tenant it belongs to.',
      'Check that the scope of the connection is the one Konexus gave out (tamarack in its documentation).',
    );
  }
  const admin = adminWord(member(claims.value, 'admin'));
  const scope = member(claims.value, 'scope');
  const identity = [
    { label: 'Integration user', value: textOf(member(claims.value, 'name')) },
    { label: 'Client', value: textOf(member(claims.value, 'client_id')) },
    { label: 'Subject', value: idOf(member(claims.value, 'sub')) },
    { label: 'Tenant', value: tenant.id },
    { label: 'Administrator', value: admin === 'true' ? 'yes' : admin === 'false' ? 'no' : null },
    {
      label: 'Scope',
      value: textOf(Array.isArray(scope) ? scope.map(String).join(' ') : scope),
    },
  ].flatMap(({ label, value }) => (value === null ? [] : [{ label, value }]));
  return ok({
    identity,
    installations: [{ id: tenant.id, name: tenant.name, roles: admin === 'true' ? ['administrator'] : [] }],
    notes: [
      'One credential is one tenant at Konexus; another tenant needs credentials of its own.',
      ...(admin === 'true'
        ? ['It is an administrator. An integration that only reads or sends alerts needs less.']
        : []),
    ],
  });
}

/** A word in the sample; a real boolean would mean the same. */
function adminWord(value: unknown): string | null {
  return typeof value === 'boolean' ? String(value) : (textOf(value)?.toLowerCase() ?? null);
}
