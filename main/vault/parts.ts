import { type Result, fail, ok } from '../../preload/errors.ts';
import { damagedFailure } from './keychain-failures.ts';
import type { KeychainItems } from './keychain-items.ts';

/** The longest text that Windows' credential manager stores, in UTF-8 bytes (CRED_MAX_CREDENTIAL_BLOB_SIZE). */
export const windowsItemBytes = 2560;

/** The least that a manifest fits into. */
export const smallestLimit = 256;

/** Parts are written under two sets of names in turn, so that the set in use is never touched. */
type Generation = 'a' | 'b';

interface Manifest {
  readonly generation: Generation;
  readonly parts: number;
  /** The whole text's length in UTF-8 bytes and its SHA-256 in hexadecimal. */
  readonly bytes: number;
  readonly sha256: string;
}

const manifestMark = 'latchkey-parts:1:';
const generations: readonly Generation[] = ['a', 'b'];
/** How often a reader starts over when a writer of another process replaces the parts meanwhile. */
const readAttempts = 5;

type Texts = Pick<KeychainItems, 'read' | 'write' | 'remove'>;

/**
 * Texts of any size on items of `limit` bytes (null: no limit; texts split elsewhere are still read).
 *
 * A text over the limit lies in parts `name#a#1`, `name#a#2`... or `name#b#1`..., and the item `name` holds the manifest.
 * Parts are written in ascending order to the generation not in use, then the manifest, then the old generation is
 * removed in descending order. So a crash leaves the old text or the new one, and what a crash leaves over is
 * always 1 to n of one generation without a gap: the next write finds it by name, counting up.
 *
 * Two processes that write one name at once must hold a lock of their own (secrets.ts does).
 */
export function splitTexts(items: Texts, limit: number | null): Texts {
  async function write(name: string, text: string): Promise<Result<void>> {
    if (text.includes('\0') || !text.isWellFormed())
      return fail(
        'vault_write_failed',
        'The keychain cannot store this text: it holds a NUL character or half a character.',
        'Check what was typed or pasted. What was stored before is still there.',
      );
    const before = limit === null ? ok(null) : await items.read(name);
    if (!before.ok) return before;
    const inUse = before.value === null ? null : (readManifest(before.value)?.generation ?? null);
    const parts = splitUtf8(text, limit ?? Infinity);
    // An empty item cannot be stored, and a text that looks like a manifest must not be taken for one.
    const whole = parts.length === 1 && !text.startsWith(manifestMark);
    const written = whole ? await items.write(name, text) : await writeParts(name, text, parts, inUse);
    if (!written.ok || limit === null) return written;
    const next = otherThan(inUse);
    for (const generation of generations) {
      const first = !whole && generation === next ? parts.length + 1 : 1;
      // The new text is in place: leftovers that cannot be removed now are removed by the next write.
      await removeFrom(name, generation, first);
    }
    return written;
  }

  async function writeParts(
    name: string,
    text: string,
    parts: readonly string[],
    inUse: Generation | null,
  ): Promise<Result<void>> {
    const generation = otherThan(inUse);
    for (const [index, part] of parts.entries()) {
      const written = await items.write(partName(name, generation, index + 1), part);
      if (written.ok) continue;
      await removeFrom(name, generation, 1);
      return written;
    }
    const bytes = Buffer.byteLength(text, 'utf8');
    const manifest: Manifest = { generation, parts: parts.length, bytes, sha256: await sha256(text) };
    return items.write(name, manifestMark + JSON.stringify(manifest));
  }

  /** Removes the parts from number `first` on, the last one first. */
  async function removeFrom(name: string, generation: Generation, first: number): Promise<Result<void>> {
    let end = first;
    for (;;) {
      const part = await items.read(partName(name, generation, end));
      if (!part.ok) return part;
      if (part.value === null) break;
      end += 1;
    }
    for (let number = end - 1; number >= first; number -= 1) {
      const removed = await items.remove(partName(name, generation, number));
      if (!removed.ok) return removed;
    }
    return ok(undefined);
  }

  async function read(name: string): Promise<Result<string | null>> {
    let damage = '';
    for (let attempt = 0; attempt < readAttempts; attempt += 1) {
      const item = await items.read(name);
      if (!item.ok || !item.value?.startsWith(manifestMark)) return item;
      const manifest = readManifest(item.value);
      if (!manifest) return { ok: false, error: damagedFailure('the list of its parts cannot be read') };
      const joined = await readParts(name, manifest);
      if (!joined.ok || 'text' in joined.value) return joined.ok ? ok(joined.value.text ?? null) : joined;
      damage = joined.value.damage;
      const again = await items.read(name);
      if (!again.ok) return again;
      if (again.value === item.value) break; // nobody wrote meanwhile: it is as it looks
    }
    return { ok: false, error: damagedFailure(damage) };
  }

  async function readParts(
    name: string,
    manifest: Manifest,
  ): Promise<Result<{ text: string } | { text?: undefined; damage: string }>> {
    const parts: string[] = [];
    for (let number = 1; number <= manifest.parts; number += 1) {
      const part = await items.read(partName(name, manifest.generation, number));
      if (!part.ok) return part;
      if (part.value === null) return ok({ damage: `part ${number} of ${manifest.parts} is missing` });
      parts.push(part.value);
    }
    const text = parts.join('');
    if (Buffer.byteLength(text, 'utf8') !== manifest.bytes || (await sha256(text)) !== manifest.sha256)
      return ok({ damage: 'its parts do not belong together' });
    return ok({ text });
  }

  async function remove(name: string): Promise<Result<void>> {
    const removed = await items.remove(name);
    if (!removed.ok || limit === null) return removed;
    for (const generation of generations) {
      const swept = await removeFrom(name, generation, 1);
      if (!swept.ok) return swept;
    }
    return removed;
  }

  return { read, write, remove };
}

function partName(name: string, generation: Generation, number: number): string {
  return `${name}#${generation}#${number}`;
}

function otherThan(generation: Generation | null): Generation {
  return generation === 'a' ? 'b' : 'a';
}

async function sha256(text: string): Promise<string> {
  // Loaded for split texts only: the command line's start-up pays for every module.
  const { createHash } = await import('node:crypto');
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function readManifest(item: string): Manifest | null {
  if (!item.startsWith(manifestMark)) return null;
  let value: unknown;
  try {
    value = JSON.parse(item.slice(manifestMark.length));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { generation, parts, bytes, sha256: digest } = value as Record<string, unknown>;
  if (generation !== 'a' && generation !== 'b') return null;
  if (!Number.isSafeInteger(parts) || !Number.isSafeInteger(bytes) || typeof digest !== 'string') return null;
  return { generation, parts: parts as number, bytes: bytes as number, sha256: digest };
}

/** Cuts a text into pieces of at most `limit` UTF-8 bytes, never within a character. No pieces for an empty text. */
export function splitUtf8(text: string, limit: number): string[] {
  if (text === '') return [];
  const bytes = Buffer.from(text, 'utf8');
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length;) {
    let end = Math.min(start + limit, bytes.length);
    // 10xxxxxx continues a character (RFC 3629 section 3): step back to where it begins.
    while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
    pieces.push(bytes.toString('utf8', start, end));
    start = end;
  }
  return pieces;
}
