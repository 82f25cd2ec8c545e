import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { listConnections } from '../connections/connections.ts';
import { removeSettings } from '../connections/settings.ts';
import { removeSnapshotKey } from '../directory/snapshot-key.ts';
import { lockFolder } from '../sessions/lock-folder.ts';
import type { SignedOut } from '../sessions/sign-out.ts';
import { removeFileVault } from '../vault/file.ts';
import { removeProxyCredentials } from '../vault/proxy-credentials.ts';
import { removeSecrets } from '../vault/secrets.ts';
import type { Vault, VaultKind } from '../vault/vault.ts';
import { sideBySide } from './fill-list.ts';
import type { ServiceParts } from './parts.ts';

/** What became of everything that a profile held. */
export interface ClearedData {
  readonly signedOut: readonly { readonly name: string; readonly revoked: SignedOut['revoked'] }[];
  /** What is still there, named for people, and why. */
  readonly left: readonly { readonly what: string; readonly failure: Failure }[];
}

/**
 * Signs every connection out (revoking where the server can), then removes secrets from these vaults, the passphrase
 * file, kept lists, cached keys, and at last the settings. What fails is said and does not stop the rest.
 *
 * The empty lock files stay: doors that run hold them, and their names are the ids of all connections there ever were,
 * by which a second try finds secrets that the vault did not give away in the first. So does the keychain's canary item,
 * which holds nothing and by which other doors tell an open keychain.
 */
export async function clearAllData(
  parts: ServiceParts,
  vaults: readonly Vault[],
  signal?: AbortSignal,
): Promise<ClearedData> {
  const { home } = parts;
  const left: { what: string; failure: Failure }[] = [];
  const note = (what: string, result: Result<unknown>): void => {
    if (!result.ok) left.push({ what, failure: result.error });
  };

  const listed = listConnections(home);
  note('tokens at the providers: without the settings they cannot be revoked', listed);
  const connections = listed.ok ? listed.value : [];
  const signedOut: { name: string; revoked: SignedOut['revoked'] }[] = [];
  await sideBySide(connections, async (connection) => {
    const result = await parts.sessions.signOut(connection, signal);
    signedOut.push({ name: connection.name, revoked: result.ok ? result.value.revoked : 'failed' });
  });

  const ids = await knownIds(home, connections);
  for (const vault of vaults) await clearVault(vault, home, ids, note);
  note('the encrypted file', await removeFileVault(home));
  note('the saved lists', await removeFolder(path.join(home, 'directory')));
  note('the plan and the record of system users', await removeFolder(path.join(home, 'system-user')));
  note("the providers' public keys", await removeFolder(path.join(home, 'keys')));
  note('the settings', await removeSettings(home));
  return { signedOut, left };
}

const places: Record<VaultKind, string> = {
  keychain: 'secrets in the keychain',
  memory: 'secrets in memory',
  file: 'secrets in the encrypted file',
};

async function clearVault(
  vault: Vault,
  home: string,
  ids: readonly string[],
  note: (what: string, result: Result<unknown>) => void,
): Promise<void> {
  if (vault.kind === 'file') {
    // It goes as a whole, whatever its passphrase; closed, so that nothing still under way makes it anew.
    await vault.close();
    return;
  }
  for (const id of ids) {
    const removed = await removeSecrets(vault, lockFolder(home), id);
    if (removed.ok) continue;
    // What stands against one stands against all: each would only wait as long again.
    note(placeOf(vault, removed), removed);
    return;
  }
  for (const remove of [removeSnapshotKey, removeProxyCredentials]) {
    const removed = await remove(vault);
    if (removed.ok) continue;
    note(placeOf(vault, removed), removed);
    return;
  }
}

/** Nothing says whether an absent keychain was ever there: the profile does not record which vault it used. */
function placeOf(vault: Vault, removed: Result<void>): string {
  const unknown = vault.kind === 'keychain' && !removed.ok && removed.error.code === 'vault_absent';
  return unknown ? 'secrets in the keychain, if it was ever used' : places[vault.kind];
}

/** The ids of all connections that this profile has or had, as far as anything still names them. */
async function knownIds(home: string, connections: readonly Connection[]): Promise<string[]> {
  const locks = await readdir(lockFolder(home)).catch(() => []);
  const locked = locks.flatMap((name) => /^connection-([\w-]{1,64})$/.exec(name)?.[1] ?? []);
  return [...new Set([...connections.map(({ id }) => id), ...locked])];
}

async function removeFolder(folder: string): Promise<Result<void>> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    return ok(undefined);
  } catch (error) {
    return {
      ok: false,
      error: {
        code: 'unexpected',
        message: `${folder} could not be removed: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'Close other Latchkey windows and try again, or remove the folder by hand.',
      },
    };
  }
}
