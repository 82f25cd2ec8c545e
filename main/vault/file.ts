import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import { withLock } from '../lock.ts';
import { makeFolder } from '../make-folder.ts';
import { replaceFile, sweepTemporaries } from '../replace-file.ts';
import type { Key } from './file/envelope.ts';
import { type ItemFiles, corruptFile, loadEnvelope, readFiles, readItems } from './file/items.ts';
import { createQueue } from './queue.ts';
import type { Vault, VaultReason } from './vault.ts';

export interface FileVaultOptions {
  /** The folder of the two files; made with mode 0700 where it is missing. */
  readonly path: string;
  /** Asked when it is first needed, and again after a failure or a wrong passphrase. Its failure is passed on. */
  readonly passphrase: string | (() => Promise<Result<string>>);
  /** Base-2 logarithm of scrypt's cost for a new vault; 18 (age's own) takes about a second of this process. */
  readonly workFactor?: number;
}

export interface FileVault extends Vault {
  /** Makes the file where there is none yet, so that its passphrase holds from now on. Errors: as `write`. */
  make(): Promise<Result<void>>;
}

const lockWaitMs = 20_000;

const filesIn = (folder: string): { readonly keyFile: string; readonly itemsFile: string } => ({
  keyFile: path.join(folder, 'vault-key.age'),
  itemsFile: path.join(folder, 'vault.age'),
});

/** Whether there is a passphrase file in this folder, good or damaged. */
export function hasFileVault(folder: string): boolean {
  return Object.values(filesIn(folder)).some((file) => existsSync(file));
}

/**
 * Secrets in a file that a passphrase protects, in age's format. `vault-key.age` holds a key encrypted with the
 * passphrase, `vault.age` the items encrypted to that key. So the passphrase is stretched once per process, not at each
 * write; and who can write the folder but does not know the passphrase cannot make a file that we accept.
 * Every write reads the items again under a lock, so that processes on one profile keep each other's items.
 *
 * Errors: passphrase_wrong; vault_denied (a file was changed, is cut off or may not be read); vault_write_failed;
 * input_invalid (an empty passphrase); timeout (another process keeps the lock); those of `passphrase`.
 */
export function openFileVault(options: FileVaultOptions): FileVault {
  const { path: folder, workFactor = 18 } = options;
  const { keyFile, itemsFile } = filesIn(folder);
  const queue = createQueue();
  let key: Key | null = null;
  /** Dropped when the vault is closed; nothing below may hold on to `options`, which has it too. */
  let source: FileVaultOptions['passphrase'] | null = options.passphrase;

  async function passphrase(): Promise<Result<string>> {
    if (source === null) return fail('vault_locked', 'The vault was closed.', 'Give the passphrase again.');
    const given = typeof source === 'string' ? ok(source) : await source();
    if (!given.ok || given.value !== '') return given;
    return fail(
      'input_invalid',
      'The passphrase is empty.',
      'Give one of several words; nobody can reset it.',
    );
  }
  /** The key for files that are there, or null for a vault that does not exist yet. */
  async function keyFor(files: ItemFiles): Promise<Result<Key | null>> {
    if (!files.key) {
      key = null; // the file was removed: a key that nothing on disk holds must not seal items that nobody could open
      return files.items ? { ok: false, error: corruptFile(keyFile) } : ok(null);
    }
    if (key) return ok(key);
    const given = await passphrase();
    if (!given.ok) return given;
    const { openKey } = await loadEnvelope();
    const opened = await openKey(files.key, given.value);
    if (opened === 'wrong') return { ok: false, error: wrongPassphrase(keyFile) };
    if (opened === 'corrupt') return { ok: false, error: corruptFile(keyFile) };
    key = opened;
    return ok(key);
  }
  async function load(): Promise<Result<Map<string, string>>> {
    const files = await readFiles(keyFile, itemsFile);
    if (!files.ok) return files;
    const opened = await keyFor(files.value);
    if (!opened.ok) return opened;
    if (!opened.value || !files.value.items) return ok(new Map());
    const items = await readItems(files.value.items, opened.value);
    if (items) return ok(items);
    key = null; // should the key have been replaced, the next call reads it again
    return { ok: false, error: corruptFile(itemsFile) };
  }
  async function store(items: ReadonlyMap<string, string>): Promise<Result<void>> {
    const { createKey, seal, sealKey } = await loadEnvelope();
    if (!key) {
      const given = await passphrase();
      if (!given.ok) return given;
      const created = await createKey();
      await replaceFile(keyFile, await sealKey(created, given.value, workFactor));
      key = created;
    }
    const text = JSON.stringify({ version: 1, items: Object.fromEntries(items) });
    await replaceFile(itemsFile, await seal(text, key));
    return ok(undefined);
  }
  /** Changes the items under the lock; `edit` says whether there is something to store. */
  async function change(edit: (items: Map<string, string>) => boolean): Promise<Result<void>> {
    try {
      makeFolder(folder);
      const outcome = await withLock(
        path.join(folder, 'locks', 'vault'),
        { timeoutMs: lockWaitMs },
        async (): Promise<Result<void>> => {
          await sweepTemporaries(keyFile);
          await sweepTemporaries(itemsFile);
          const items = await load();
          if (!items.ok) return items;
          return edit(items.value) ? store(items.value) : ok(undefined);
        },
      );
      return outcome.ok ? outcome.value : outcome;
    } catch (error) {
      return { ok: false, error: writeFailed(folder, error) };
    }
  }

  return {
    kind: 'file',
    state: () =>
      queue(async () => {
        const loaded = await load();
        const ready = loaded.ok && !key ? await passphrase() : loaded;
        if (ready.ok) return { state: 'open' };
        const { code, message } = ready.error;
        return { state: 'locked', reason: reasons[code] ?? 'passphrase_needed', message };
      }),
    read: (item) =>
      queue(async () => {
        const items = await load();
        return items.ok ? ok(items.value.get(item) ?? null) : items;
      }),
    write: (item, text) => queue(() => change((items) => items.set(item, text).size > 0)),
    remove: (item) => queue(() => change((items) => items.delete(item))),
    // Reading a file that is there has left its key.
    make: () => queue(() => change(() => key === null)),
    // After what was asked for before: a write that is under way needs the key.
    close: () =>
      queue(() => {
        key = null;
        source = null;
        return Promise.resolve();
      }),
  };
}

/** Removes the passphrase file, whatever it holds: no passphrase is needed for that. Errors: timeout, vault_write_failed. */
export async function removeFileVault(folder: string): Promise<Result<void>> {
  const { itemsFile, keyFile } = filesIn(folder);
  const outcome = await withLock(
    path.join(folder, 'locks', 'vault'),
    { timeoutMs: lockWaitMs },
    async (): Promise<Result<void>> => {
      try {
        // The items first: a key without items is an empty vault, items without a key are a damaged one.
        for (const file of [itemsFile, keyFile]) {
          await sweepTemporaries(file);
          await rm(file, { force: true });
        }
        return ok(undefined);
      } catch (error) {
        return { ok: false, error: writeFailed(folder, error) };
      }
    },
  );
  return outcome.ok ? outcome.value : outcome;
}

const reasons: Partial<Record<Failure['code'], VaultReason>> = {
  passphrase_wrong: 'passphrase_wrong',
  vault_denied: 'file_corrupt',
};

function wrongPassphrase(keyFile: string): Failure {
  return {
    code: 'passphrase_wrong',
    message: `The passphrase does not open ${keyFile}.`,
    hint: 'Check it (capitals, keyboard layout) and try again. If it is surely right, the file was changed: put a backup of it back.',
  };
}

function writeFailed(folder: string, error: unknown): Failure {
  const cause = error instanceof Error ? error.message : String(error);
  return {
    code: 'vault_write_failed',
    message: `The vault in ${folder} could not be written: ${cause}`,
    hint: 'What was stored before is still there. Check that the folder can be written to and has space, then try again.',
  };
}
