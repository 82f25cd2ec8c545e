import { jsonShape, maxJsonDepth } from './json.ts';

/** One megabyte of text: far above any token seen (about 5 kB), far below what hurts. */
export const maxTokenLength = 1_048_576;

export type JsonObject = Readonly<Record<string, unknown>>;

/** A token read, not believed: nothing here has been verified. */
export type DecodedToken =
  | {
      readonly kind: 'jwt';
      /** The token alone, as it goes into verification. */
      readonly compact: string;
      readonly header: JsonObject;
      /** Null where a critical header member says that the payload is not plain base64url JSON. */
      readonly claims: JsonObject | null;
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: 'jwe';
      readonly compact: string;
      readonly header: JsonObject;
      readonly claims: null;
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: 'opaque';
      readonly compact: string;
      readonly header: null;
      readonly claims: null;
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: 'malformed';
      /** One sentence: what is wrong with it. */
      readonly reason: string;
      readonly header: JsonObject | null;
      readonly claims: JsonObject | null;
      readonly warnings: readonly string[];
    };

type Part =
  | { readonly ok: true; readonly value: JsonObject; readonly duplicateNames: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads what a person pasted: a compact JWT (RFC 7519, RFC 7515 section 7.1), a compact JWE (RFC 7516 section 7.1) or
 * an opaque token (RFC 6749 appendix A.12). Forgives what copying adds (white space, line breaks, quotes, an
 * `Authorization: Bearer` prefix), and nothing inside the token: base64url is strict (RFC 7515 section 2, no padding,
 * no stray bits), JSON is UTF-8 and at most {@link maxJsonDepth} deep. Never throws.
 */
export function decodeToken(text: string): DecodedToken {
  if (text.length > maxTokenLength) {
    return malformed(`The text is longer than ${maxTokenLength} characters; no token is.`);
  }
  const { compact, warnings } = unwrap(text);
  if (compact === '') return malformed('There is no token in this text.');
  const parts = compact.split('.', 6);
  const [first = '', second = ''] = parts;
  if (!looksLikeJson(first) && !(parts.length === 3 && looksLikeJson(second)))
    return opaque(compact, warnings);

  const header = readPart(first, 'header');
  if (!header.ok) return malformed(header.reason, warnings);
  const noted = [...warnings, ...duplicateWarnings(header.duplicateNames, 'header')];
  const bad = parts.findIndex((part) => !isBase64url(part));
  if (bad >= 0) {
    return malformed(`Part ${bad + 1} of the token is not base64url text.`, noted, header.value);
  }
  if (parts.length === 5 && typeof header.value['enc'] === 'string') {
    return { kind: 'jwe', compact, header: header.value, claims: null, warnings: noted };
  }
  if (parts.length !== 3) {
    return malformed(
      `A signed token has three parts with dots between them; this has ${parts.length > 5 ? 'more than five' : parts.length}. Was it copied whole?`,
      noted,
      header.value,
    );
  }
  return readSigned(compact, header.value, second, noted);
}

function readSigned(
  compact: string,
  header: JsonObject,
  payload: string,
  warnings: readonly string[],
): DecodedToken {
  const claims = readPart(payload, 'payload');
  if (!claims.ok) {
    // With a critical extension the payload may rightly be something else (RFC 7797): the verdict is about `crit`.
    if (header['crit'] !== undefined) return { kind: 'jwt', compact, header, claims: null, warnings };
    return malformed(claims.reason, warnings, header);
  }
  const noted = [...warnings, ...duplicateWarnings(claims.duplicateNames, 'payload')];
  if (typeof header['alg'] !== 'string' || header['alg'] === '') {
    // RFC 7515 section 4.1.1: `alg` is required.
    return malformed('The header names no algorithm ("alg").', noted, header, claims.value);
  }
  if (header['kid'] !== undefined && typeof header['kid'] !== 'string') {
    // RFC 7515 section 4.1.4: `kid` is a string.
    return malformed('The key id ("kid") in the header is not text.', noted, header, claims.value);
  }
  return { kind: 'jwt', compact, header, claims: claims.value, warnings: noted };
}

function malformed(
  reason: string,
  warnings: readonly string[] = [],
  header: JsonObject | null = null,
  claims: JsonObject | null = null,
): DecodedToken {
  return { kind: 'malformed', reason, header, claims, warnings };
}

function opaque(compact: string, warnings: readonly string[]): DecodedToken {
  // RFC 6749 A.12: visible ASCII; RFC 6750 2.1 has no space in it, and neither has any token that was copied whole.
  if (!/^[\x21-\x7e]+$/.test(compact)) {
    return malformed('This is not a token: it has spaces or characters that no token has.', warnings);
  }
  return { kind: 'opaque', compact, header: null, claims: null, warnings };
}

function unwrap(text: string): { compact: string; warnings: string[] } {
  const warnings: string[] = [];
  let compact = text.replace(/[\u200b-\u200d\u2060]/g, '').trim();
  compact = withoutQuotes(compact);
  compact = compact.replace(/^(?:authorization\s*:\s*)?(?:bearer|dpop)(?:\s+|$)/i, '');
  compact = withoutQuotes(compact);
  const joined = compact.replace(/[ \t]*[\r\n]+[ \t]*/g, '');
  if (joined !== compact) warnings.push('Line breaks inside the token were removed.');
  return { compact: joined, warnings };
}

function withoutQuotes(text: string): string {
  return /^(["'`])([\s\S]*)\1[,;]?$/.exec(text)?.[2]?.trim() ?? text;
}

/** Whether a part decodes to something that begins like a JSON object: then a signed token was meant. */
function looksLikeJson(part: string): boolean {
  const start = part.slice(0, 64).replace(/[^A-Za-z0-9_+/-]/g, '');
  return /^\s*\{/.test(Buffer.from(start, 'base64').toString('latin1'));
}

/** Strict: what is decoded and encoded again is the same text, so no two texts mean one token. */
function isBase64url(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

function readPart(part: string, name: string): Part {
  if (!isBase64url(part)) return { ok: false, reason: `The ${name} is not base64url text.` };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(part, 'base64url'));
  } catch {
    return { ok: false, reason: `The ${name} is not UTF-8 text.` };
  }
  const shape = jsonShape(text);
  if (shape.tooDeep) {
    return { ok: false, reason: `The ${name} nests deeper than ${maxJsonDepth} levels.` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: `The ${name} is not JSON.` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, reason: `The ${name} is JSON, but not an object.` };
  }
  return { ok: true, value: value as JsonObject, duplicateNames: shape.duplicateNames };
}

function duplicateWarnings(names: readonly string[], part: string): string[] {
  return names.map(
    (name) =>
      `"${shown(name)}" stands more than once in the ${part}; the last one counts here, elsewhere maybe not.`,
  );
}

/** A text from a stranger, fit to stand in a sentence: one line, no control or direction characters, bounded. */
export function shown(value: string): string {
  const plain = value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\ufffd');
  return plain.length > 100 ? `${Array.from(plain).slice(0, 99).join('')}…` : plain;
}
