import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

export interface Secret {
  /** What it is, for the report; never the value. */
  readonly what: string;
  readonly value: string;
}

/** Something that was written down: a file's bytes, an output, a command line. */
export interface Place {
  readonly where: string;
  readonly data: Buffer;
}

export interface Find {
  readonly what: string;
  readonly encoding: string;
  readonly where: string;
}

/** Shorter than this, a piece of an encoding would be found by chance. */
const shortest = 8;

/**
 * A secret in every form in which it could be written down: as it is, its last part alone (a long one may be cut), Base64
 * at each of the three alignments that it can have inside something longer, hexadecimal, and as URLs, JSON and UTF-16
 * write it.
 */
export function encodings(value: string): { encoding: string; needle: Buffer }[] {
  const bytes = Buffer.from(value, 'utf8');
  const forms: [string, string | Buffer][] = [
    ['raw', value],
    ['UTF-16', Buffer.from(value, 'utf16le')],
    ['hex', bytes.toString('hex')],
    ['HEX', bytes.toString('hex').toUpperCase()],
    ['URL', encodeURIComponent(value)],
    ['form', new URLSearchParams([['', value]]).toString().slice(1)],
    ['JSON', JSON.stringify(value).slice(1, -1)],
    ['JSON in JSON', JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1)],
    ['base64 whole', bytes.toString('base64')],
    ['base64url whole', bytes.toString('base64url')],
  ];
  for (const skipped of [0, 1, 2]) {
    const inner = bytes.subarray(skipped, bytes.length - ((bytes.length - skipped) % 3));
    forms.push([`base64 from byte ${skipped}`, inner.toString('base64')]);
    forms.push([`base64url from byte ${skipped}`, inner.toString('base64url')]);
  }
  if (value.length >= 40) {
    forms.push(['its beginning of a third', value.slice(0, Math.ceil(value.length / 3))]);
    forms.push(['its last 24 characters', value.slice(-24)]);
  }
  const seen = new Set<string>();
  return forms
    .map(([encoding, form]) => ({ encoding, needle: Buffer.from(form) }))
    .filter(({ needle }) => {
      const key = needle.toString('latin1');
      if (needle.length < shortest || seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

/** Where any of the secrets stands, in any form. */
export function findSecrets(secrets: readonly Secret[], places: readonly Place[]): Find[] {
  const finds: Find[] = [];
  for (const { what, value } of secrets) {
    for (const { encoding, needle } of encodings(value)) {
      for (const { where, data } of places) if (data.includes(needle)) finds.push({ what, encoding, where });
    }
  }
  return finds;
}

/** Every file below a folder, with the names as a place of their own. */
export async function filesBelow(folder: string): Promise<Place[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const names = entries.map((entry) => path.join(entry.parentPath, entry.name));
  return [
    { where: `names in ${folder}`, data: Buffer.from(names.join('\n')) },
    ...(await Promise.all(
      files.map(async (entry) => {
        const where = path.join(entry.parentPath, entry.name);
        return { where, data: await readFile(where) };
      }),
    )),
  ];
}

/** The command lines of a process and all it started (Linux). */
export async function commandLines(pid: number): Promise<Place[]> {
  const places: Place[] = [];
  const waiting = [pid];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const folder = `/proc/${String(next)}`;
    places.push({ where: `command line of ${String(next)}`, data: await readFile(`${folder}/cmdline`) });
    for (const thread of await readdir(`${folder}/task`)) {
      const children = await readFile(`${folder}/task/${thread}/children`, 'utf8').catch(() => '');
      waiting.push(...children.split(' ').filter(Boolean).map(Number));
    }
  }
  return places;
}
