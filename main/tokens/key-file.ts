import { X509Certificate, createPublicKey } from 'node:crypto';
import { fail, ok, type Result } from '../../preload/errors.ts';
import { parseJwks } from './jwks-cache.ts';
import type { KnownKeys } from './known-keys.ts';
import { shown } from './shown.ts';

export interface KeysByHand {
  readonly keys: KnownKeys;
  /** Sentences: keys left out, and why; private parts found; certificates that have ended. */
  readonly warnings: readonly string[];
}

const maxDocumentLength = 262_144;

/**
 * Reads keys that a person gave: a JSON Web Key Set or one key (RFC 7517), PEM public keys, certificates (RFC 7468), also
 * several in one text. A private key is taken for its public part, with a warning. `source` names it for people.
 * Errors: input_invalid.
 */
export function readKeyDocument(document: string, source: string, now: number): Result<KeysByHand> {
  if (document.length > maxDocumentLength) return refuse(source, 'it is larger than 256 kB');
  if (document.includes('\0')) return refuse(source, 'it is binary (DER, perhaps); give it as PEM');
  const text = withLineBreaks(document.trim());
  if (!text.includes('-----BEGIN ')) {
    const parsed = parseJwks(text, { from: 'file', source, fetchedAt: null });
    if (!parsed.ok) return parsed;
    return ok({ keys: { keys: parsed.value.keySet.keys, source }, warnings: parsed.value.warnings });
  }
  const entries: unknown[] = [];
  const warnings: string[] = [];
  for (const { block, kind } of pemBlocks(text)) {
    try {
      if (kind === 'CERTIFICATE') {
        const certificate = new X509Certificate(block);
        if (certificate.validToDate.getTime() < now) {
          warnings.push(
            `A certificate ended on ${certificate.validToDate.toISOString().slice(0, 10)}; its key is used all the same.`,
          );
        }
        entries.push(certificate.publicKey.export({ format: 'jwk' }));
      } else {
        if (kind.endsWith('PRIVATE KEY')) {
          warnings.push(
            'A private key was given; only its public part is used. Whoever has it can forge tokens.',
          );
        }
        entries.push(createPublicKey(block).export({ format: 'jwk' }));
      }
    } catch {
      warnings.push(
        `A block "${shown(kind)}" was left out: it is damaged, encrypted, or no key this console knows.`,
      );
    }
  }
  if (entries.length === 0) return refuse(source, warnings[0] ?? 'it has no key or certificate');
  const parsed = parseJwks(JSON.stringify({ keys: entries }), { from: 'file', source, fetchedAt: null });
  if (!parsed.ok) return parsed;
  return ok({
    keys: { keys: parsed.value.keySet.keys, source },
    warnings: [...warnings, ...parsed.value.warnings],
  });
}

/** A PEM text as it stands in JSON or in a variable, its line breaks written as `\n`. */
function withLineBreaks(text: string): string {
  return text.includes('-----BEGIN ') ? text.replaceAll('\\r', '').replaceAll('\\n', '\n') : text;
}

/** The blocks of a PEM text (RFC 7468 2); one that is not closed is none. */
function* pemBlocks(text: string): Generator<{ readonly block: string; readonly kind: string }> {
  let at = 0;
  for (;;) {
    const begin = /-----BEGIN ([A-Z0-9 ]{1,64})-----/.exec(text.slice(at));
    if (begin === null) return;
    const [line, kind = ''] = begin;
    const start = at + begin.index;
    at = start + line.length;
    const next = text.indexOf('-----BEGIN ', at);
    const reach = text.slice(start, next < 0 ? text.length : next);
    const end = `-----END ${kind}-----`;
    const found = reach.indexOf(end);
    if (found >= 0) yield { block: reach.slice(0, found + end.length), kind };
  }
}

export const secretEncodings = ['text', 'base64', 'base64url', 'hex'] as const;
export type SecretEncoding = (typeof secretEncodings)[number];

/** A secret that server and client share (RFC 7518 3.2), for HS256, HS384 and HS512. Errors: input_invalid. */
export function readSharedSecret(secret: string, encoding: SecretEncoding): Result<KeysByHand> {
  const bytes = Buffer.from(secret, encoding === 'text' ? 'utf8' : encoding);
  const wrong =
    (encoding === 'hex' && !/^(?:[\da-f]{2})+$/i.test(secret)) ||
    (encoding === 'base64' && !/^[A-Za-z\d+/]+={0,2}$/.test(secret)) ||
    (encoding === 'base64url' && !/^[\w-]+$/.test(secret));
  if (wrong || bytes.length === 0) {
    return fail(
      'input_invalid',
      secret === '' ? 'The shared secret is empty.' : `The shared secret is not ${encoding}.`,
      'Choose how the secret is written: as text, base64, base64url or hex.',
    );
  }
  return ok({
    keys: { keys: [{ kty: 'oct', k: bytes.toString('base64url') }], source: 'the shared secret' },
    warnings: [],
  });
}

function refuse(source: string, what: string): Result<never> {
  return fail(
    'input_invalid',
    `The keys from ${shown(source)} cannot be read: ${what.replace(/\.$/, '')}.`,
    'Expected a JSON Web Key Set, one JSON Web Key, a PEM public key or a certificate.',
  );
}
