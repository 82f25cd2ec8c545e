import { type Result, ok } from '../../../preload/errors.ts';
import type { ProviderContext } from '../provider.ts';
import { type JsonRecord, member, textOf } from '../reading.ts';
import type { ServiceReach } from '../system-users.ts';
import { nebulaList } from './list.ts';
import { nebulaMember, readInstallation } from './records.ts';

interface ServiceAccount {
  readonly id: string;
  readonly name: string;
  readonly clientId: string | null;
}

interface Policy {
  readonly id: string;
  readonly member: string;
  readonly roles: readonly string[];
}

/** More than a service reaches in practice; every one of them is two more requests. */
const mostInstallations = 200;

/**
 * The service accounts of this client and the roles that policies give them, installation by installation: a service
 * account belongs to one installation (NEB-SDK). Paths are inferred from the RPCs; how a policy's `member` names a service
 * account is not published, so any that holds its resource name counts.
 */
export async function nebulaReach(context: ProviderContext, clientId: string): Promise<Result<ServiceReach>> {
  const installations: { id: string; name: string }[] = [];
  for await (const page of nebulaList(context, 'installations', {}, null, readInstallation)) {
    if (!page.ok) return page;
    installations.push(...page.value.rows);
  }
  const identity: { label: string; value: string }[] = [{ label: 'Client', value: clientId }];
  const rows: { id: string; name: string; roles: string[] }[] = [];
  const notes = new Set<string>();
  for (const { id, name } of installations) {
    const seen =
      rows.length < mostInstallations
        ? await rolesAt(context, id, clientId)
        : ok({ accounts: [], roles: [] });
    if (!seen.ok) {
      if (seen.error.code !== 'forbidden' && seen.error.code !== 'not_found') return seen;
      notes.add(
        'Service accounts and policies are not visible at every installation: their roles are missing here.',
      );
      rows.push({ id, name, roles: [] });
      continue;
    }
    for (const account of seen.value.accounts) {
      identity.push({ label: 'Service account', value: `${account} (${name})` });
    }
    rows.push({ id, name, roles: [...seen.value.roles] });
  }
  if (rows.length > mostInstallations) {
    notes.add(`Roles were looked up at the first ${mostInstallations} installations.`);
  }
  if (identity.length === 1) {
    notes.add('No installation lists a service account of this client.');
  }
  return ok({ identity, installations: rows, notes: [...notes] });
}

async function rolesAt(
  context: ProviderContext,
  installation: string,
  clientId: string,
): Promise<Result<{ accounts: readonly string[]; roles: readonly string[] }>> {
  const own: ServiceAccount[] = [];
  for await (const page of nebulaList(context, 'service_accounts', { installation }, null, readAccount)) {
    if (!page.ok) return page;
    own.push(...page.value.rows.filter((account) => account.clientId === clientId));
  }
  if (own.length === 0) return ok({ accounts: [], roles: [] });
  const roles = new Set<string>();
  for await (const page of nebulaList(context, 'policies', { installation }, null, readPolicy)) {
    if (!page.ok) return page;
    for (const policy of page.value.rows) {
      if (own.some(({ id }) => policy.member.includes(id))) policy.roles.forEach((role) => roles.add(role));
    }
  }
  return ok({ accounts: own.map(({ name }) => name), roles: [...roles] });
}

/** Under its whole resource name, which is what a policy would hold. */
function readAccount(record: JsonRecord): ServiceAccount | null {
  const id = textOf(member(record, 'name'));
  if (id === null) return null;
  return {
    id,
    name: textOf(nebulaMember(record, 'display_name')) ?? id,
    clientId: textOf(nebulaMember(record, 'client_id')),
  };
}

/** Roles by the last part of their names: `iam-roles/access-right.admin` is access-right.admin. */
function readPolicy(record: JsonRecord): Policy | null {
  const id = textOf(member(record, 'name'));
  if (id === null) return null;
  const roles = member(record, 'roles');
  return {
    id,
    member: textOf(member(record, 'member')) ?? '',
    roles: (Array.isArray(roles) ? (roles as unknown[]) : []).flatMap(
      (role) => textOf(role)?.split('/').at(-1) ?? [],
    ),
  };
}
