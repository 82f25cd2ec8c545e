import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Failure, type Result, ok } from '../../../preload/errors.ts';
import type * as Envelope from './envelope.ts';
import type { Key } from './envelope.ts';

/** The vault's two files as they are; null for one that is not there. */
export interface ItemFiles {
  readonly key: Uint8Array | null;
  readonly items: Uint8Array | null;
}

/** Loads the encryption when it is needed: it costs more than everything else here. */
export function loadEnvelope(): Promise<typeof Envelope> {
  return import('./envelope.ts');
}

/** Reads both files. Error: vault_denied where one is there and cannot be read. */
export async function readFiles(keyFile: string, itemsFile: string): Promise<Result<ItemFiles>> {
  try {
    // The items first: a vault that is being made gets its key first, so items without a key are never seen of it.
    const items = await readIfThere(itemsFile);
    return ok({ key: await readIfThere(keyFile), items });
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      error: {
        code: 'vault_denied',
        message: `The vault in ${path.dirname(keyFile)} cannot be read: ${cause}`,
        hint: 'Check who owns the files and that you may read them, then try again.',
      },
    };
  }
}

async function readIfThere(file: string): Promise<Uint8Array | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The items in a sealed file, or null where it does not open or does not hold what we write. */
export async function readItems(sealed: Uint8Array, key: Key): Promise<Map<string, string> | null> {
  const { unseal } = await loadEnvelope();
  const text = await unseal(sealed, key);
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { version, items } = value as { version?: unknown; items?: unknown };
  if (version !== 1 || typeof items !== 'object' || items === null) return null;
  const entries = Object.entries(items);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? new Map(entries)
    : null;
}

/** One of the vault's files was changed, cut off or lost. */
export function corruptFile(file: string): Failure {
  const folder = path.dirname(file);
  return {
    code: 'vault_denied',
    message: `${file} is damaged, is missing or was changed by something else: nothing in the vault can be trusted.`,
    hint: `Nothing was overwritten. Put a backup of vault.age and vault-key.age back into ${folder}, or delete both and sign in again.`,
  };
}
