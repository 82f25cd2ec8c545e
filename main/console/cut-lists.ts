import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ErrorCode } from '../../preload/errors.ts';
import { readSettings } from '../connections/settings.ts';
import type { Directory } from '../directory/directory.ts';
import { type ListKey, listName } from '../directory/rows.ts';
import { type Cut, loadCut, removeCut, saveCut } from '../directory/snapshot.ts';
import { makeSnapshotIdentity } from '../directory/snapshot-key.ts';
import type { ProviderContext, UserQuery } from '../providers/provider.ts';
import { lockFolder } from '../sessions/lock-folder.ts';
import type { ServiceParts } from './parts.ts';

/** No vendor says how long its cursors are good; a list that is put together of parts should be of about one time. */
const goodForMs = 60 * 60_000;

/** How providers answer to a cursor that they do not know or no longer know. */
export const spentCodes: ReadonlySet<ErrorCode> = new Set([
  'input_invalid',
  'not_found',
  'response_unexpected',
  'provider_failed',
]);

/** Lists that were cut, from one process to the next: what came of them, and where they go on. */
export interface CutLists {
  /** Brings the rows back that came of a list an hour ago at most; null where it begins anew. */
  takeUp(directory: Directory, key: ListKey, basis: string): Promise<Cut | null>;
  /** Keeps what came; false where that is not wanted, or cannot be. */
  keep(directory: Directory, key: ListKey, cut: Cut): Promise<boolean>;
  /** Its cursor is no longer good. */
  forget(key: ListKey): Promise<void>;
}

export function cutLists(parts: ServiceParts): CutLists {
  return {
    async takeUp(directory, key, basis) {
      const now = parts.clock.now();
      const fits = (cut: Cut): boolean =>
        cut.basis === basis && cut.since <= now && now - cut.since < goodForMs;
      const cut = await loadCut(parts, directory, key, fits);
      return cut.ok ? cut.value : null;
    },

    async keep(directory, key, cut) {
      const settings = readSettings(parts.home);
      if (parts.vault.kind === 'memory' || !settings.ok || !settings.value.preferences.keepLists)
        return false;
      const lists = await directory.lists();
      // What came of a refresh is gone again: only a first load leaves its rows.
      const left =
        lists.ok && lists.value.some((list) => list.resumable && listName(list.key) === listName(key));
      if (!left) return false;
      const made = await makeSnapshotIdentity(
        parts.vault,
        path.join(lockFolder(parts.home), 'directory-key'),
      );
      return made.ok && (await saveCut(parts, directory, key, cut)).ok;
    },

    forget: (key) => removeCut(parts.home, key),
  };
}

/** What a list is asked for with: a cursor of one goes on with no other. */
export function basisOf({ apiBase, paths, switches }: ProviderContext, query: UserQuery = {}): string {
  const text = JSON.stringify([apiBase, paths, switches, query.filter ?? null]);
  return createHash('sha256').update(text).digest('hex');
}
