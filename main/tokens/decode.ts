import { base64urlProblem, utf8Of } from './base64url.ts';
import { readJson } from './json.ts';
import { shown } from './shown.ts';

/** One megabyte of text: far above any token seen (about 5 kB), far below what hurts. */
export const maxTokenLength = 1_048_576;

export type JsonObject = Readonly<Record<string, unknown>>;

export type TokenPart = 'header' | 'payload' | 'signature' | 'token';

/** Where exactly a token breaks. */
export interface Break {
  readonly part: TokenPart;
  /** Index in the part: of its characters, or of the characters of its decoded text where `decoded`. */
  readonly at: number | null;
  readonly decoded: boolean;
  /** The decoded text around the place, with `at` after `before`; null where nothing can be decoded. */
  readonly near: { readonly before: string; readonly after: string } | null;
}

interface Read {
  readonly compact: string;
  readonly warnings: readonly string[];
}

/** A token read, not believed: nothing here has been verified. */
export type DecodedToken =
  | (Read & {
      readonly kind: 'jwt';
      readonly header: JsonObject;
      /** Null where a critical header member says that the payload is not plain base64url JSON. */
      readonly claims: JsonObject | null;
    })
  | (Read & { readonly kind: 'jwe'; readonly header: JsonObject; readonly claims: null })
  | (Read & { readonly kind: 'opaque'; readonly header: null; readonly claims: null })
  | {
      readonly kind: 'malformed';
      /** One sentence: what is wrong with it. */
      readonly reason: string;
      readonly breaks: Break | null;
      readonly header: JsonObject | null;
      readonly claims: JsonObject | null;
      readonly warnings: readonly string[];
    };

type Part =
  | { readonly ok: true; readonly value: JsonObject; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly reason: string; readonly breaks: Break };

/** A token whose header was read and whose payload was not yet. */
export interface OpenedToken {
  /** What a signature can be checked with already; null for everything that is not a signed token. */
  readonly signed: { readonly compact: string; readonly header: JsonObject } | null;
  /** Reads the rest. What it says counts, also about a token that was taken for a signed one. */
  read(): DecodedToken;
}

/**
 * Reads one token: a compact JWT (RFC 7519, RFC 7515 7.1), a compact JWE (RFC 7516 7.1) or an opaque token (RFC 6749
 * appendix A.12). Nothing is forgiven here; what copying adds was taken off by `findTokens`. base64url is strict, JSON
 * is UTF-8 and at most `maxJsonDepth` deep. Never throws.
 */
export function decodeToken(text: string): DecodedToken {
  return openToken(text).read();
}

/** {@link decodeToken} in two steps: whoever checks the signature need not wait for the payload. */
export function openToken(text: string): OpenedToken {
  const known = (token: DecodedToken): OpenedToken => ({ signed: null, read: () => token });
  if (text.length > maxTokenLength) {
    return known(malformed(`The text is longer than ${maxTokenLength} characters; no token is.`));
  }
  if (text === '') return known(malformed('There is no token in this text.'));
  const { compact, disclosures } = withoutDisclosures(text);
  const parts = compact.split('.', 6);
  const [first = '', second = '', third = ''] = parts;
  if (!looksLikeJson(first) && !(parts.length === 3 && looksLikeJson(second))) return known(opaque(text));

  const header = readPart(first, 'header');
  if (!header.ok) return known(malformed(header.reason, header.breaks));
  const noted = [
    ...header.warnings,
    ...(disclosures === null
      ? []
      : [
          `This is an SD-JWT (RFC 9901) with ${disclosures} ${disclosures === 1 ? 'disclosure' : 'disclosures'}: the part that its issuer signed is judged here, nothing else.`,
        ]),
  ];
  if (parts.length === 5) return known(readEncrypted(compact, parts, header.value, noted));
  if (parts.length !== 3) {
    return known(
      malformed(
        `A signed token has three parts with dots between them; this has ${parts.length > 5 ? 'more than five' : parts.length}. Was it copied whole?`,
        { part: 'token', at: null, decoded: false, near: null },
        noted,
        header.value,
      ),
    );
  }
  return {
    signed: headerProblem(header.value) === null ? { compact, header: header.value } : null,
    read: () => readSigned(compact, header.value, second, third, noted),
  };
}

/** What is wrong with the header of a signed token; null where nothing is. */
function headerProblem(header: JsonObject): string | null {
  if (typeof header['alg'] !== 'string' || header['alg'] === '') {
    // RFC 7515 4.1.1: `alg` is required.
    return 'The header names no algorithm ("alg").';
  }
  // RFC 7515 4.1.4: `kid` is a string.
  return header['kid'] !== undefined && typeof header['kid'] !== 'string'
    ? 'The key id ("kid") in the header is not text.'
    : null;
}

/** Whether a part decodes to something that begins like a JSON object: then a signed token was meant. */
export function looksLikeJson(part: string): boolean {
  if (part.startsWith('eyJ')) return true;
  const start = part.slice(0, 64).replace(/[^A-Za-z0-9_+/-]/g, '');
  return /^\s*\{/.test(Buffer.from(start, 'base64').toString('latin1'));
}

function readSigned(
  compact: string,
  header: JsonObject,
  payload: string,
  signature: string,
  warnings: readonly string[],
): DecodedToken {
  const claims = readPart(payload, 'payload');
  const problem = base64urlProblem(signature);
  if (problem !== null) {
    return malformed(
      `The signature ${problem.what}.`,
      { part: 'signature', at: problem.at, decoded: false, near: null },
      warnings,
      header,
      claims.ok ? claims.value : null,
    );
  }
  if (!claims.ok) {
    // With a critical extension the payload may rightly be something else (RFC 7797): the verdict is about `crit`.
    if (header['crit'] !== undefined) return { kind: 'jwt', compact, header, claims: null, warnings };
    return malformed(claims.reason, claims.breaks, warnings, header);
  }
  const noted = [...warnings, ...claims.warnings];
  const inHeader = headerProblem(header);
  if (inHeader !== null) {
    const place: Break = { part: 'header', at: null, decoded: true, near: null };
    return malformed(inHeader, place, noted, header, claims.value);
  }
  return { kind: 'jwt', compact, header, claims: claims.value, warnings: noted };
}

/** RFC 7516 7.1: header, encrypted key (may be empty), initialization vector, ciphertext, tag. */
function readEncrypted(
  compact: string,
  parts: readonly string[],
  header: JsonObject,
  warnings: readonly string[],
): DecodedToken {
  if (typeof header['enc'] !== 'string' || typeof header['alg'] !== 'string') {
    return malformed(
      'An encrypted token has five parts and names "alg" and "enc" in its header; this has five parts and does not.',
      { part: 'header', at: null, decoded: true, near: null },
      warnings,
      header,
    );
  }
  const names = ['header', 'encrypted key', 'initialization vector', 'ciphertext', 'authentication tag'];
  for (const [index, part] of parts.entries()) {
    const problem = base64urlProblem(part);
    if (problem === null) continue;
    return malformed(
      `The ${names[index] ?? 'part'} of the encrypted token ${problem.what}.`,
      { part: 'token', at: problem.at, decoded: false, near: null },
      warnings,
      header,
    );
  }
  return { kind: 'jwe', compact, header, claims: null, warnings };
}

function malformed(
  reason: string,
  breaks: Break | null = null,
  warnings: readonly string[] = [],
  header: JsonObject | null = null,
  claims: JsonObject | null = null,
): DecodedToken {
  return { kind: 'malformed', reason, breaks, header, claims, warnings };
}

function opaque(compact: string): DecodedToken {
  // RFC 6749 A.12: visible ASCII; RFC 6750 2.1 has no space in it, and neither has any token that was copied whole.
  const at = compact.search(/[^\x21-\x7e]/);
  if (at >= 0) {
    return malformed(`This is not a token: character ${at + 1} is one that no token has.`, {
      part: 'token',
      at,
      decoded: false,
      near: null,
    });
  }
  return { kind: 'opaque', compact, header: null, claims: null, warnings: [] };
}

/** An SD-JWT (RFC 9901 4) is a JWT with disclosures after tildes; only the JWT in front is judged. */
function withoutDisclosures(text: string): { compact: string; disclosures: number | null } {
  if (!text.includes('~')) return { compact: text, disclosures: null };
  const [compact = '', ...rest] = text.split('~');
  return rest.length === 0 || compact.split('.').length !== 3
    ? { compact: text, disclosures: null }
    : { compact, disclosures: rest.filter((part) => part !== '' && !part.includes('.')).length };
}

function readPart(part: string, name: 'header' | 'payload'): Part {
  const problem = base64urlProblem(part);
  if (problem !== null) return brokenPart(name, problem.what, problem.at, false);
  if (part === '') {
    return brokenPart(
      name,
      'is empty: a detached signature (RFC 7515 appendix F), or a piece is missing',
      0,
      false,
    );
  }
  const read = utf8Of(Buffer.from(part, 'base64url'));
  if ('badByte' in read)
    return brokenPart(name, `is not UTF-8 text from byte ${read.badByte + 1} on`, null, true);
  const json = readJson(read.text);
  if (!json.ok) {
    const near = {
      before: shown(read.text.slice(Math.max(0, json.at - 40), json.at), 60),
      after: shown(read.text.slice(json.at, json.at + 20), 40),
    };
    const where = json.at >= read.text.length ? 'at its end' : `at character ${json.at + 1}`;
    const what = json.tooDeep ? json.expected.replace(/^it /, '') : `is not JSON: ${where}, ${json.expected}`;
    return {
      ok: false,
      reason: `The ${name} ${what}.`,
      breaks: { part: name, at: json.at, decoded: true, near },
    };
  }
  const { value } = json;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return brokenPart(name, 'is JSON, but not an object', 0, true);
  }
  const warnings = [
    ...json.duplicateNames.map(
      (twice) =>
        `"${shown(twice)}" stands more than once in the ${name}; the last one counts here, elsewhere maybe not.`,
    ),
    ...json.unsafeNumbers.map(
      (member) =>
        `The number of "${shown(member)}" in the ${name} is larger than programs can hold exactly: each may read another one.`,
    ),
  ];
  return { ok: true, value: value as JsonObject, warnings };
}

function brokenPart(part: 'header' | 'payload', what: string, at: number | null, decoded: boolean): Part {
  return { ok: false, reason: `The ${part} ${what}.`, breaks: { part, at, decoded, near: null } };
}
