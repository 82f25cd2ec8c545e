import { looksLikeJson, maxTokenLength } from './decode.ts';
import { readJson } from './json.ts';
import { shellWords } from './shell-words.ts';

/** One token in what a person gave. */
export interface FoundToken {
  /** What it stood under: `access_token`, `id_token`, `Authorization`, ...; null for a token alone. */
  readonly label: string | null;
  readonly token: string;
  /** What was taken off or put together, as sentences. */
  readonly warnings: readonly string[];
  /** Why this is no token at all, where that can be said; else null. */
  readonly refused: string | null;
}

/** Everything found in a text, and what a token response says beside its tokens. */
export interface Found {
  readonly tokens: readonly FoundToken[];
  /** Tokens beyond the {@link maxTokens} that are read. */
  readonly leftOut: number;
  /** RFC 6749 5.1, where the text was a token response; null otherwise. */
  readonly response: TokenResponseFacts | null;
}

export interface TokenResponseFacts {
  readonly expiresInSeconds: number | null;
  readonly refreshExpiresInSeconds: number | null;
  readonly scope: string | null;
}

/** More than anybody compares at once. */
export const maxTokens = 20;

/** Members of token responses, introspection requests, redirects and stored sessions that hold a token. */
const tokenNames: Readonly<Record<string, string>> = {
  access_token: 'access_token',
  accesstoken: 'access_token',
  id_token: 'id_token',
  idtoken: 'id_token',
  id_token_hint: 'id_token_hint',
  refresh_token: 'refresh_token',
  refreshtoken: 'refresh_token',
  subject_token: 'subject_token',
  actor_token: 'actor_token',
  logout_token: 'logout_token',
  client_assertion: 'client_assertion',
  assertion: 'assertion',
  request: 'request',
  response: 'response',
  token: 'token',
  jwt: 'jwt',
};

/**
 * Finds the tokens in what a person pasted or dropped: a token alone (broken over lines or not, quoted or not), an
 * `Authorization` header or whole headers, a token response (RFC 6749 5.1) or other JSON, a `curl` command, a redirect
 * address or form body, several tokens, or JWTs in the middle of other text. Never throws; the tokens are not judged.
 */
export function findTokens(text: string): Found {
  const bare = withoutQuotes(text.replace(/[\u200b-\u200d\u2060\ufeff\u00ad]/g, '').trim());
  if (bare.length > maxTokenLength * 2) return single(bare);
  const { tokens, response } = readAs(bare);
  return { tokens: tokens.slice(0, maxTokens), leftOut: Math.max(0, tokens.length - maxTokens), response };
}

interface Reading {
  readonly tokens: readonly FoundToken[];
  readonly response: TokenResponseFacts | null;
}

function readAs(bare: string): Reading {
  if (/^(?:(?:proxy-)?authorization\s*:\s*)?(?:bearer|dpop)?$/i.test(bare)) {
    return { tokens: [refusal('', 'There is no token in this text.')], response: null };
  }
  if (isPlaceholder(bare)) return { tokens: [cleaned(bare, null)], response: null };
  if (/^[{[]/.test(bare)) return fromJson(bare) ?? plain(bare);
  if (/-----BEGIN [A-Z0-9 ]+-----/.test(bare))
    return { tokens: [refusal(bare, pemRefusal(bare))], response: null };
  if (/^(?:\$\s*)?curl(?:\.exe)?\s/i.test(bare)) {
    const tokens = fromCurl(bare);
    if (tokens.length > 0) return { tokens, response: null };
  }
  const headers = fromHeaders(bare);
  if (headers.length > 0) return { tokens: headers, response: null };
  const form = fromForm(bare);
  if (form !== null) return form;
  return plain(bare);
}

function single(token: string): Found {
  return { tokens: [{ label: null, token, warnings: [], refused: null }], leftOut: 0, response: null };
}

/** A token response, an object with tokens somewhere in it, a key, or a JWS in its JSON form. */
function fromJson(text: string): Reading | null {
  const read = readJson(text);
  if (!read.ok) return text.startsWith('{') ? { tokens: insideText(text), response: null } : null;
  const { value } = read;
  if (isObject(value)) {
    if ('kty' in value || Array.isArray(value['keys'])) {
      return {
        tokens: [
          refusal(text, 'This is a key or a set of keys, not a token. Give it as the key to check with.'),
        ],
        response: null,
      };
    }
    if (typeof value['payload'] === 'string' && ('signatures' in value || 'signature' in value)) {
      return {
        tokens: [
          refusal(
            text,
            'This is a signed text in JSON form (RFC 7515 7.2). A JWT is always three parts with dots (RFC 7519 1).',
          ),
        ],
        response: null,
      };
    }
    if (typeof value['ciphertext'] === 'string') {
      return {
        tokens: [
          refusal(
            text,
            'This is an encrypted text in JSON form (RFC 7516 7.2). A JWT is always parts with dots (RFC 7519 1).',
          ),
        ],
        response: null,
      };
    }
  }
  const tokens: FoundToken[] = [];
  collect(value, null, tokens, 0);
  if (tokens.length === 0) return { tokens: insideText(text), response: null };
  return { tokens, response: isObject(value) ? responseFacts(value) : null };
}

function collect(value: unknown, label: string | null, tokens: FoundToken[], depth: number): void {
  if (depth > 8 || tokens.length > maxTokens * 2) return;
  if (typeof value === 'string') {
    if (label !== null || looksLikeToken(value)) tokens.push(cleaned(value, label));
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, null, tokens, depth + 1);
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      collect(
        member,
        Object.hasOwn(tokenNames, name.toLowerCase()) ? (tokenNames[name.toLowerCase()] ?? null) : null,
        tokens,
        depth + 1,
      );
    }
  }
}

/** Numbers may come as text: `"3599"`. */
function responseFacts(response: Readonly<Record<string, unknown>>): TokenResponseFacts | null {
  if (!('access_token' in response)) return null;
  const seconds = (name: string): number | null => {
    const value = Number(response[name] ?? Number.NaN);
    return Number.isFinite(value) && value > 0 ? value : null;
  };
  const { scope } = response;
  return {
    expiresInSeconds: seconds('expires_in'),
    refreshExpiresInSeconds: seconds('refresh_token_expires_in') ?? seconds('refresh_expires_in'),
    scope: typeof scope === 'string' ? scope : null,
  };
}

/** The arguments of a curl command that carry tokens. */
function fromCurl(text: string): FoundToken[] {
  const words = shellWords(withoutCarets(text.replace(/^\$\s*/, '')));
  const tokens: FoundToken[] = [];
  words.forEach((word, index) => {
    const next = words[index + 1] ?? '';
    // Letters without a value may stand before: -sSH.
    if (/^-[A-Za-z#]*H$/.test(word) || word === '--header') tokens.push(...fromHeaders(next));
    else if (/^-H./.test(word)) tokens.push(...fromHeaders(word.slice(2)));
    else if (word.startsWith('--header=')) tokens.push(...fromHeaders(word.slice(9)));
    else if (word === '--oauth2-bearer') tokens.push(cleaned(next, 'Authorization'));
    else if (/^(?:-d|-F|--data(?:-raw|-binary|-urlencode|-ascii)?|--form|--json)$/.test(word)) {
      const reading = /^\s*\{/.test(next) ? fromJson(next) : fromForm(next);
      tokens.push(...(reading?.tokens ?? []));
    } else if (/^https?:\/\//.test(word)) tokens.push(...(fromForm(word)?.tokens ?? []));
  });
  return tokens;
}

/** `Authorization: Bearer ...` and `DPoP ...` lines, also among others; and the scheme alone. */
function fromHeaders(text: string): FoundToken[] {
  const tokens: FoundToken[] = [];
  // A line that begins with blanks goes on with the one before (RFC 9112 5.2), unless it is a header of its own in code.
  const unfolded = text.replace(/\r?\n[ \t]+([^\r\n]*)/g, (line, rest: string) =>
    /^["']?[\w-]+["']?\s*[:=]\s/.test(rest) ? line : ` ${rest}`,
  );
  for (const line of unfolded.split(/\r?\n/)) {
    const header =
      /^\s*["']?(?:>\s*)?((?:proxy-)?authorization|dpop|x-(?:amzn-oidc-data|access-token|id-token|auth-token))["']?\s*[:=]([\s\S]*)$/i.exec(
        line,
      );
    if (header === null) continue;
    const [, name = ''] = header;
    const value = headerValue(header[2] ?? '');
    const credentials = /^(bearer|dpop|token|basic)\s+([\s\S]*)$/i.exec(value);
    if (credentials?.[1]?.toLowerCase() === 'basic') {
      tokens.push(
        refusal(
          value,
          'This is Basic authentication: a name and a password, not a token. Treat it as a password.',
          name,
        ),
      );
    } else tokens.push(cleaned(credentials?.[2] ?? value, name));
  }
  if (tokens.length > 0) return tokens;
  const scheme = /^\s*["'`]?(?:bearer|dpop)\s+([\s\S]+)$/i.exec(text);
  return scheme === null ? [] : [...plain(scheme[1] ?? '').tokens];
}

/** A header's value without the quotes and the comma that stand around it in code. */
function headerValue(text: string): string {
  // Piece by piece: one expression for all of it would try every blank of a hostile line anew.
  return text.trim().replace(/[,;]$/, '').trim().replace(/^["']/, '').replace(/["']$/, '');
}

/** Browsers copy curl commands for cmd with a caret before every quote; there it makes the next letter mean itself. */
function withoutCarets(text: string): string {
  return text.includes('^"') ? text.replace(/\^(\r?\n|[\s\S])/g, '$1') : text;
}

/** A form body, or an address with tokens in its query or fragment (implicit grant, RFC 6749 4.2.2). */
function fromForm(text: string): Reading | null {
  if (/\s/.test(text.trim())) return null;
  const parameters = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
    ? text.replace(/^[^?#]*[?#]?/, '').replace('#', '&')
    : text;
  if (!/(?:^|&)[\w.-]+=/.test(parameters)) return null;
  const values = new URLSearchParams(parameters);
  const tokens = [...values].flatMap(([name, value]) => {
    const label = Object.hasOwn(tokenNames, name.toLowerCase()) ? tokenNames[name.toLowerCase()] : undefined;
    return label === undefined || value === '' ? [] : [cleaned(value, label)];
  });
  if (tokens.length === 0) return null;
  return { tokens, response: responseFacts(Object.fromEntries(values)) };
}

/** A token alone, several, or text with JWTs in it. */
function plain(bare: string): Reading {
  const text = withoutQuotes(bare);
  const pieces = text
    .split(/[\s,;]+/)
    .map(withoutQuotes)
    .filter((piece) => piece !== '');
  if (pieces.length <= 1) return { tokens: [cleaned(text, null)], response: null };
  if (
    pieces.every((piece) => /^[\w.~+/=-]+$/.test(piece) && !isWord(piece)) ||
    looksLikeJson(pieces[0]?.split('.')[0] ?? '')
  ) {
    const joined = joinPieces(pieces, text);
    if (joined !== null) return { tokens: joined, response: null };
  }
  const inside = insideText(text);
  return { tokens: inside, response: null };
}

/**
 * Pieces between white space: tokens of their own, or one that was broken over lines. A new token begins where a piece
 * begins like a JWT and what was gathered before has its three parts already. Opaque pieces are one token where all
 * lines but the last are equally long, as a terminal wraps them.
 */
function joinPieces(pieces: readonly string[], text: string): FoundToken[] | null {
  const [first = ''] = pieces;
  if (!looksLikeJson(first.split('.')[0] ?? '')) {
    const lengths = new Set(pieces.slice(0, -1).map((piece) => piece.length));
    const wrapped =
      lengths.size === 1 &&
      (pieces.at(-1)?.length ?? 0) <= first.length &&
      first.length >= 40 &&
      /\n/.test(text);
    return wrapped
      ? [{ label: null, token: pieces.join(''), warnings: [joinedWarning], refused: null }]
      : pieces.every((piece) => piece.length >= 16)
        ? pieces.map((piece) => cleaned(piece, null))
        : null;
  }
  const groups: string[][] = [];
  // Counted along: to join what was gathered for every piece anew would take forever where there are many.
  let dots = 0;
  let complete = false;
  for (const piece of pieces) {
    const group = groups.at(-1);
    const begins = piece.startsWith('eyJ');
    if (group === undefined || (complete && begins)) {
      groups.push([piece]);
      dots = 0;
    } else group.push(piece);
    dots += piece.split('.').length - 1;
    complete = dots >= 2 && !piece.endsWith('.');
  }
  return groups.map((group) => ({
    label: null,
    token: group.join(''),
    warnings: group.length > 1 ? [joinedWarning] : [],
    refused: null,
  }));
}

const joinedWarning = 'White space inside the token was removed.';

/** JWTs and JWEs in the middle of other text: a log line, a mail, a shell variable. */
function insideText(text: string): FoundToken[] {
  const found = [...text.matchAll(/(?<![\w-])(?:eyJ|ewo|ewog)[\w-]*(?:\.[\w-]*){2,4}/g)].map(
    ([token]) => token,
  );
  if (found.length > 0) return [...new Set(found)].map((token) => cleaned(token, null));
  return [
    refusal(
      text,
      text === ''
        ? 'There is no token in this text.'
        : 'This is not a token: it has spaces or characters that no token has, and none was found inside it.',
    ),
  ];
}

function cleaned(text: string, label: string | null): FoundToken {
  const unquoted = withoutQuotes(text.trim()).replace(/^(?:bearer|dpop)\s+/i, '');
  if (isPlaceholder(unquoted)) {
    return refusal(
      unquoted,
      'This is a variable or a placeholder, and no token has taken its place yet. Give the token itself.',
      label,
    );
  }
  const warnings: string[] = [];
  let token = unquoted.replace(/\s+/g, '');
  if (token !== unquoted) warnings.push(joinedWarning);
  if (/%(?:2E|2B|2F|3D)/i.test(token) && !/[^\w.~%-]/.test(token)) {
    const decoded = decodedAddress(token);
    if (decoded !== null) {
      token = decoded;
      warnings.push('It was still encoded for an address (%..); that was taken off.');
    }
  }
  return { label, token, warnings, refused: null };
}

/** `$TOKEN`, `${TOKEN}`, `$env:TOKEN`, `$(command)`, `%TOKEN%`, `{{token}}`, `<token>`: what a script would fill in. */
function isPlaceholder(text: string): boolean {
  return (
    text.length < 300 &&
    /^(?:\$(?:env:)?\w+|\$\{[^{}]+\}|\$\([\s\S]+\)|%\w+%|\{\{[^{}]+\}\}|<[^<>]+>)$/.test(text)
  );
}

function decodedAddress(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function refusal(token: string, refused: string, label: string | null = null): FoundToken {
  return { label, token, warnings: [], refused };
}

function pemRefusal(text: string): string {
  return /PRIVATE KEY/.test(text)
    ? 'This is a private key, not a token. Whoever has it can forge tokens: paste it nowhere.'
    : 'This is a key or a certificate, not a token. Give it as the key to check with.';
}

/** A word of a sentence rather than a piece of a token. */
function isWord(piece: string): boolean {
  return piece.length < 16 && /^[A-Za-z]+[.:]?$/.test(piece);
}

function looksLikeToken(value: string): boolean {
  return (
    /^[\w-]+\.[\w-]+\.[\w-]*(?:\.[\w-]+\.[\w-]+)?$/.test(value) && looksLikeJson(value.split('.')[0] ?? '')
  );
}

function withoutQuotes(text: string): string {
  return /^(["'`])([\s\S]*)\1[,;]?$/.exec(text)?.[2]?.trim() ?? text;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
