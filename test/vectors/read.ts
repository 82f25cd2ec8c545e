import { createHmac } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Large, Vector } from './vector.ts';

/** All vectors, each with the file it stands in. */
export function readVectors(): (Vector & { readonly file: string })[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .flatMap((file) =>
      (JSON.parse(readFileSync(path.join(import.meta.dirname, file), 'utf8')) as Vector[]).map((vector) => ({
        ...vector,
        file: file.slice(0, -5),
      })),
    );
}

/** The token of a vector; a large one is put together. */
export function tokenOf({ token }: Vector): string {
  return typeof token === 'string' ? token : built(token);
}

function built({ header, prefix, piece, times, suffix, secret }: Large): string {
  const encoded = (text: string): string => Buffer.from(text).toString('base64url');
  const input = `${encoded(JSON.stringify(header))}.${encoded(prefix + piece.repeat(times) + suffix)}`;
  if (secret === null) return `${input}.AAAA`;
  return `${input}.${createHmac('sha256', Buffer.from(secret, 'base64url')).update(input).digest('base64url')}`;
}
