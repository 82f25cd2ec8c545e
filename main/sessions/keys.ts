import { createHash } from 'node:crypto';
import { readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Result, fail, ok } from '../../preload/errors.ts';
import type { Clock } from '../clock.ts';
import { makeFolder } from '../make-folder.ts';
import { replaceFile, sweepAbandoned } from '../replace-file.ts';
import { type Http, HttpError } from '../http/seam.ts';
import { type KeySet, parseJwks, restoreKeySet } from '../tokens/jwks-cache.ts';
import type { KeyGeneration, KnownKeys } from '../tokens/known-keys.ts';

/**
 * Fetches a provider's public keys (RFC 7517 5). Errors: those of the network, response_unexpected. Throws the reason
 * where `signal` aborts.
 */
export async function fetchKeys(
  http: Http,
  clock: Clock,
  jwksUri: string,
  connection: string,
  signal?: AbortSignal,
): Promise<Result<KeySet>> {
  let response: Response;
  let text: string;
  try {
    response = await http.fetch(jwksUri, {
      headers: { accept: 'application/json' },
      about: { purpose: 'jwks', connection },
      ...(signal && { signal }),
    });
    text = await response.text();
  } catch (error) {
    if (error instanceof HttpError) return { ok: false, error: error.failure };
    throw error;
  }
  if (response.status !== 200) {
    return fail(
      'response_unexpected',
      `The keys at ${new URL(jwksUri).host} could not be read: HTTP ${response.status}.`,
      'Check the JWKS address of the connection.',
    );
  }
  const parsed = parseJwks(text, { from: 'server', source: jwksUri, fetchedAt: clock.now() });
  return parsed.ok ? ok(parsed.value.keySet) : parsed;
}

/** What an issuer publishes, and what it published before; in the profile, so that tokens can be verified offline. */
export interface StoredKeys extends KnownKeys {
  /** Null for a server that has no issuer name. */
  readonly issuer: string | null;
  /** Where the keys were fetched. */
  readonly address: string;
  /** Ids of the connections that brought them here. */
  readonly usedBy: readonly string[];
}

/** A server that changes its keys each day is remembered for most of a week. */
const maxGenerations = 6;

/**
 * Keeps an issuer's public keys for a connection: as a new generation where they changed, else as the newest one seen
 * again. Public keys only (tokens/jwks-cache.ts drops everything else), so a plain file will do, and two processes that
 * write at once lose no more than a generation. A profile that cannot be written keeps none: they are fetched again when
 * they are needed, and no sign-in fails for them.
 */
export async function storeKeys(
  home: string,
  connectionId: string,
  issuer: string | null,
  fetched: KeySet,
): Promise<void> {
  const file = keyFile(home, issuer, fetched.source);
  const kept = await readStored(file);
  const newest = { fetchedAt: fetched.fetchedAt, keys: fetched.keys };
  const before = kept === null ? [] : generationsOf(kept);
  const same = before[0] !== undefined && sameKeys(before[0].keys, fetched.keys);
  try {
    await write(file, {
      version: 2,
      issuer,
      source: fetched.source,
      usedBy: [...new Set([...(kept?.usedBy ?? []), connectionId])],
      generations: [newest, ...(same ? before.slice(1) : before)].slice(0, maxGenerations),
    });
  } catch {
    return;
  }
  await sweepAbandoned(path.dirname(file));
  // A connection that was pointed elsewhere no longer uses the keys of before.
  for (const other of await keyFiles(home)) if (other !== file) await release(other, connectionId);
}

/** The keys kept for a connection; null where there are none or the file is damaged (they are fetched again then). */
export async function storedKeys(home: string, connectionId: string): Promise<StoredKeys | null> {
  return (await allStoredKeys(home)).find(({ usedBy }) => usedBy.includes(connectionId)) ?? null;
}

/** All keys of the profile, by issuer. */
export async function allStoredKeys(home: string): Promise<StoredKeys[]> {
  const stored = await Promise.all((await keyFiles(home)).map(readStored));
  return stored
    .filter((keys) => keys !== null)
    .toSorted((a, b) => (a.issuer ?? a.address).localeCompare(b.issuer ?? b.address));
}

/** Forgets the keys kept for a connection; they are public, so that one that cannot be removed harms nobody. */
export async function removeKeys(home: string, connectionId: string): Promise<void> {
  for (const file of await keyFiles(home)) await release(file, connectionId);
}

/** The newest generation and those before it. */
export function generationsOf(stored: KnownKeys): KeyGeneration[] {
  return [{ keys: stored.keys, fetchedAt: stored.fetchedAt ?? null }, ...(stored.older ?? [])];
}

async function release(file: string, connectionId: string): Promise<void> {
  const kept = await readStored(file);
  if (kept?.usedBy.includes(connectionId) !== true) return;
  const usedBy = kept.usedBy.filter((id) => id !== connectionId);
  try {
    if (usedBy.length === 0) await rm(file, { force: true });
    else {
      const { issuer, address: source } = kept;
      await write(file, { version: 2, issuer, source, usedBy, generations: generationsOf(kept) });
    }
  } catch {
    // Public, and of use to nobody else.
  }
}

async function write(file: string, content: object): Promise<void> {
  makeFolder(path.dirname(file));
  await replaceFile(file, JSON.stringify(content));
}

async function readStored(file: string): Promise<StoredKeys | null> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return null;
  }
  const { version, issuer, source, usedBy, generations } = (content ?? {}) as Record<string, unknown>;
  if (version !== 2 || typeof source !== 'string' || !isTexts(usedBy) || !Array.isArray(generations))
    return null;
  if (issuer !== null && typeof issuer !== 'string') return null;
  const sets = generations.slice(0, maxGenerations).map((generation: unknown) => restoreKeySet(generation));
  const [newest, ...older] = sets.flatMap((set) => (set.ok ? [set.value.keySet] : []));
  if (newest === undefined) return null;
  return { issuer, address: source, usedBy, keys: newest.keys, fetchedAt: newest.fetchedAt, older };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function sameKeys(a: KeyGeneration['keys'], b: KeyGeneration['keys']): boolean {
  const texts = (keys: KeyGeneration['keys']): string =>
    keys
      .map((key) => JSON.stringify(key))
      .toSorted()
      .join();
  return texts(a) === texts(b);
}

async function keyFiles(home: string): Promise<string[]> {
  const folder = path.join(home, 'keys');
  try {
    return (await readdir(folder))
      .filter((name) => name.endsWith('.json'))
      .map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

function keyFile(home: string, issuer: string | null, source: string): string {
  const name = createHash('sha256')
    .update(issuer ?? source)
    .digest('hex')
    .slice(0, 32);
  return path.join(home, 'keys', `${name}.json`);
}
