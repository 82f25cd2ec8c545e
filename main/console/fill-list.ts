import path from 'node:path';
import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { readSettings } from '../connections/settings.ts';
import type { Directory } from '../directory/directory.ts';
import type { ListKey } from '../directory/rows.ts';
import { removeCut, saveSnapshot } from '../directory/snapshot.ts';
import { makeSnapshotIdentity } from '../directory/snapshot-key.ts';
import { providerOf } from '../providers/catalogue.ts';
import type {
  Installation,
  PageCursor,
  PageStream,
  ProviderContext,
  User,
  UserQuery,
} from '../providers/provider.ts';
import { lockFolder } from '../sessions/lock-folder.ts';
import type { ServiceParts } from './parts.ts';

export interface FillOptions {
  /** Told after every page. */
  readonly progress?: (rows: number, total: number | null) => void;
  /** Told when the list is there but could not be kept for the next start. */
  readonly warned?: (failure: Failure) => void;
  /** Whether the list is all there is, so that keeping it makes sense. */
  readonly keep: boolean;
  /** Where an earlier reading of this list was cut. */
  readonly resume?: PageCursor;
  /** When that began, milliseconds since the epoch: of then is the list that is put together. Now, where missing. */
  readonly since?: number;
  /** Told where this reading was cut, or null where it cannot be taken up again. */
  readonly cut?: (cursor: PageCursor | null, failure: Failure) => void;
  /** The provider's own filter that the pages were asked for with. */
  readonly filter?: string;
}

/** Lists read side by side (no vendor publishes a rate limit; Retry-After is honoured). */
const atOnce = 4;

export function installationsKey(connection: Connection): ListKey {
  return { kind: 'installations', connection: connection.id, provider: connection.provider };
}

export function usersKey(connection: Connection, installation: { id: string; name: string }): ListKey {
  const { id, name } = installation;
  return { kind: 'users', connection: connection.id, installation: { id, name } };
}

/** The provider's pages of one list. */
export async function* streamOf(
  connection: Connection,
  key: ListKey,
  context: ProviderContext,
  query?: UserQuery,
): PageStream<Installation | User> {
  const provider = await providerOf(connection.provider);
  yield* key.kind === 'installations'
    ? provider.listInstallations(context)
    : provider.listUsers(context, key.installation, query);
}

/**
 * Fills one list of the directory from the provider and keeps a snapshot of a whole one. Memory forgets the key that a
 * snapshot is encrypted for, so nothing is kept then. A first reading that was cut can be taken up again where it was
 * (`resume`); the directory says whether it still has what came before.
 *
 * @param pages the provider's list, from a place in it or from its beginning
 */
export async function fillList(
  parts: ServiceParts,
  directory: Directory,
  key: ListKey,
  pages: (from: PageCursor | null) => PageStream<Installation | User>,
  options: FillOptions,
): Promise<Result<void>> {
  const handle = await directory.beginList(key, options.resume !== undefined);
  if (!handle.ok) return handle;
  const from = handle.value.resumed ? (options.resume ?? null) : null;
  let rows = from?.before ?? 0;
  let total = from?.announced ?? null;
  let cursor = from;
  const cut = async (failure: Failure): Promise<Result<never>> => {
    await directory.finish(handle.value, { complete: false, failure, total, ...filterOf(options) });
    options.cut?.(cursor, failure);
    return { ok: false, error: failure };
  };
  for await (const page of pages(from)) {
    if (!page.ok) return cut(page.error);
    const { rows: came, bytes } = page.value;
    const appended = await directory.append(
      handle.value,
      came as readonly Installation[] | readonly User[],
      bytes,
    );
    if (!appended.ok) return cut(appended.error);
    rows += came.length;
    total = page.value.total ?? total;
    cursor = page.value.cursor ?? null;
    options.progress?.(rows, total);
  }
  const { since } = options;
  const finished = await directory.finish(handle.value, {
    complete: true,
    total,
    ...filterOf(options),
    ...(from !== null && since !== undefined && { fetchedAt: since }),
  });
  if (!finished.ok) return finished;
  // What came of an earlier reading is of no use any more.
  await removeCut(parts.home, key);
  if (options.keep && parts.vault.kind !== 'memory') {
    const wanted = keepsLists(parts.home);
    const kept = wanted.ok && wanted.value ? await keep(parts, directory, key) : wanted;
    if (!kept.ok) options.warned?.(kept.error);
  }
  return ok(undefined);
}

const filterOf = ({ filter }: FillOptions): { filter?: string } => (filter === undefined ? {} : { filter });

/** Whether lists are kept on disk for the next start. Errors: settings_corrupt. */
function keepsLists(home: string): Result<boolean> {
  const settings = readSettings(home);
  return settings.ok ? ok(settings.value.preferences.keepLists) : settings;
}

async function keep(parts: ServiceParts, directory: Directory, key: ListKey): Promise<Result<void>> {
  const lock = path.join(lockFolder(parts.home), 'directory-key');
  const made = await makeSnapshotIdentity(parts.vault, lock);
  return made.ok ? saveSnapshot(parts, directory, key) : made;
}

export async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
