import path from 'node:path';
import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { readSettings } from '../connections/settings.ts';
import type { Directory } from '../directory/directory.ts';
import type { ListKey } from '../directory/rows.ts';
import { saveSnapshot } from '../directory/snapshot.ts';
import { snapshotIdentity } from '../directory/snapshot-key.ts';
import { withLock } from '../lock.ts';
import { providerOf } from '../providers/catalogue.ts';
import type { Installation, PageStream, ProviderContext, User, UserQuery } from '../providers/provider.ts';
import { lockFolder } from '../sessions/lock-folder.ts';
import type { ServiceParts } from './parts.ts';

export interface FillOptions {
  /** Told after every page. */
  readonly progress?: (rows: number, total: number | null) => void;
  /** Told when the list is there but could not be kept for the next start. */
  readonly warned?: (failure: Failure) => void;
  /** Whether the list is all there is, so that keeping it makes sense. */
  readonly keep: boolean;
}

/** Lists read side by side (no vendor publishes a rate limit; Retry-After is honoured). */
const atOnce = 4;
const keyLockMs = 20_000;

export function installationsKey(connection: Connection): ListKey {
  return { kind: 'installations', connection: connection.id, provider: connection.provider };
}

export function usersKey(connection: Connection, installation: { id: string; name: string }): ListKey {
  const { id, name } = installation;
  return { kind: 'users', connection: connection.id, installation: { id, name } };
}

/** The provider's pages of one list. */
export function streamOf(
  connection: Connection,
  key: ListKey,
  context: ProviderContext,
  query?: UserQuery,
): PageStream<Installation | User> {
  const provider = providerOf(connection.provider);
  return key.kind === 'installations'
    ? provider.listInstallations(context)
    : provider.listUsers(context, key.installation, query);
}

/**
 * Fills one list of the directory from the provider and keeps a snapshot of a whole one. Memory forgets the key that a
 * snapshot is encrypted for, so nothing is kept then.
 */
export async function fillList(
  parts: ServiceParts,
  directory: Directory,
  key: ListKey,
  pages: PageStream<Installation | User>,
  options: FillOptions,
): Promise<Result<void>> {
  const handle = await directory.beginList(key);
  if (!handle.ok) return handle;
  let rows = 0;
  let total: number | null = null;
  for await (const page of pages) {
    if (!page.ok) {
      await directory.finish(handle.value, { complete: false, failure: page.error, total });
      return page;
    }
    const appended = await directory.append(
      handle.value,
      page.value.rows as readonly Installation[] | readonly User[],
    );
    if (!appended.ok) {
      await directory.finish(handle.value, { complete: false, failure: appended.error, total });
      return appended;
    }
    rows += page.value.rows.length;
    total = page.value.total ?? total;
    options.progress?.(rows, total);
  }
  const finished = await directory.finish(handle.value, { complete: true, total });
  if (!finished.ok) return finished;
  if (options.keep && parts.vault.kind !== 'memory') {
    const wanted = keepsLists(parts.home);
    const kept = wanted.ok && wanted.value ? await keep(parts, directory, key) : wanted;
    if (!kept.ok) options.warned?.(kept.error);
  }
  return ok(undefined);
}

/** Whether lists are kept on disk for the next start. Errors: settings_corrupt. */
function keepsLists(home: string): Result<boolean> {
  const settings = readSettings(home);
  return settings.ok ? ok(settings.value.preferences.keepLists) : settings;
}

/**
 * The key is made by one at a time, of all lists and processes: two that make one at once would each encrypt with their
 * own, and only the later one is in the vault.
 */
async function keep(parts: ServiceParts, directory: Directory, key: ListKey): Promise<Result<void>> {
  const lock = path.join(lockFolder(parts.home), 'directory-key');
  const made = await withLock(lock, { timeoutMs: keyLockMs }, () => snapshotIdentity(parts.vault));
  if (!made.ok) return made;
  return made.value.ok ? saveSnapshot(parts, directory, key) : made.value;
}

export async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
