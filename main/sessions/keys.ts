import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Result, fail, ok } from '../../preload/errors.ts';
import type { Clock } from '../clock.ts';
import { type Http, HttpError } from '../http/seam.ts';
import { type KeySet, parseJwks, restoreKeySet } from '../tokens/jwks-cache.ts';

/**
 * Fetches a provider's public keys (RFC 7517 5). Errors: those of the network, response_unexpected. Throws the reason
 * where `signal` aborts.
 */
export async function fetchKeys(
  http: Http,
  clock: Clock,
  jwksUri: string,
  signal?: AbortSignal,
): Promise<Result<KeySet>> {
  let response: Response;
  let text: string;
  try {
    response = await http.fetch(jwksUri, {
      headers: { accept: 'application/json' },
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

/**
 * Keeps a connection's public keys in the profile, so that tokens can be verified later without a network. Public keys
 * only (tokens/jwks-cache.ts drops everything else), so a plain file will do. A profile that cannot be written keeps
 * none: they are fetched again when they are needed, and no sign-in fails for them.
 */
export async function storeKeys(home: string, connectionId: string, keys: KeySet): Promise<void> {
  const file = keyFile(home, connectionId);
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(temporary, JSON.stringify(keys), { mode: 0o600 });
    await rename(temporary, file);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** The keys kept for a connection; null where there are none or the file is damaged (they are fetched again then). */
export async function storedKeys(home: string, connectionId: string): Promise<KeySet | null> {
  let text: string;
  try {
    text = await readFile(keyFile(home, connectionId), 'utf8');
  } catch {
    return null;
  }
  try {
    const restored = restoreKeySet(JSON.parse(text));
    return restored.ok ? restored.value.keySet : null;
  } catch {
    return null;
  }
}

/** Forgets the keys kept for a connection; they are public, so that one that cannot be removed harms nobody. */
export async function removeKeys(home: string, connectionId: string): Promise<void> {
  await rm(keyFile(home, connectionId), { force: true }).catch(() => undefined);
}

function keyFile(home: string, connectionId: string): string {
  return path.join(home, 'keys', `${connectionId}.json`);
}
