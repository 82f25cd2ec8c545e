import { createHmac, createPublicKey, verify } from 'node:crypto';
import { CompactSign, type JWK, exportJWK, generateKeyPair } from 'jose';
import { compareReports } from '../../main/tokens/compare.ts';
import { readJson } from '../../main/tokens/json.ts';
import { findTokens } from '../../main/tokens/paste.ts';
import { type TokenReport, reportToken } from '../../main/tokens/report.ts';
import { readVectors, tokenOf } from '../vectors/read.ts';

export interface FuzzResult {
  readonly rounds: number;
  /** How often each verdict was given. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** The longest that one text took, milliseconds. */
  readonly slowestMs: number;
}

/** A text of at most two megabytes that takes longer than this hangs. */
const hangMs = 10_000;
const noon = Date.UTC(2026, 10, 22, 12);

/**
 * Throws the inspector texts that nobody would paste, made from good tokens, vectors and chance, until `milliseconds` are
 * over. Throws where it throws, hangs, calls something valid whose signature Node's crypto does not verify, reads JSON
 * otherwise than JSON.parse, or lets the token out in what it says. `seed` repeats a run.
 */
export async function fuzzInspector(milliseconds: number, seed: number): Promise<FuzzResult> {
  const random = randomOf(seed);
  const keys = await makeKeys();
  const seeds = [
    ...(await Promise.all(keys.map(({ make }) => make(claims)))),
    ...readVectors()
      .filter(({ token }) => typeof token === 'string')
      .map(tokenOf),
  ];
  const known = { keys: keys.map(({ jwk }) => jwk), fetchedAt: noon - 1000, issuer: claims.iss };
  const verdicts: Record<string, number> = {};
  const end = Date.now() + milliseconds;
  let rounds = 0;
  let slowestMs = 0;
  let last: TokenReport | null = null;
  while (Date.now() < end) {
    rounds += 1;
    const text = mutated(random, seeds, rounds);
    const started = performance.now();
    const complain = (what: string): never => {
      throw new Error(`${what} (seed ${seed}, round ${rounds}): ${JSON.stringify(text.slice(0, 2000))}`);
    };
    try {
      const { tokens } = findTokens(text);
      if (tokens.length === 0) complain('nothing was found, not even nothing');
      for (const found of tokens) {
        const report = await reportToken(
          found,
          { keys: random() < 0.8 ? known : null, clock: { now: () => noon } },
          null,
        );
        verdicts[report.verdict.code] = (verdicts[report.verdict.code] ?? 0) + 1;
        if (report.verdict.code === 'valid' && !isSigned(found.token.split('~')[0] ?? '', known.keys)) {
          complain('called valid without a verified signature');
        }
        if (report.standing === 'good' && report.verdict.code !== 'valid')
          complain('looks good and is not valid');
        const said = JSON.stringify([report.verdict, report.warnings, report.redacted, report.guesses]);
        if (found.token.length > 60 && found.refused === null && said.includes(found.token))
          complain('the token got out');
        JSON.stringify(report);
        if (last !== null) compareReports(last, report);
        last = report;
      }
      agreesOnJson(text, complain);
    } catch (error) {
      complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    const took = performance.now() - started;
    slowestMs = Math.max(slowestMs, took);
    if (took > hangMs) complain(`took ${Math.round(took)} ms`);
  }
  return { rounds, verdicts, slowestMs };
}

const claims = {
  iss: 'https://identity.vendor.example',
  aud: ['user_api', 'x'],
  sub: '4711',
  scope: 'a b',
  iat: noon / 1000 - 60,
  exp: noon / 1000 + 3540,
};

interface Key {
  readonly jwk: JWK;
  readonly make: (payload: object) => Promise<string>;
}

async function makeKeys(): Promise<Key[]> {
  const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'];
  const asymmetric = algorithms.map(async (alg): Promise<Key> => {
    const pair = await generateKeyPair(alg, { extractable: true });
    return {
      jwk: { ...(await exportJWK(pair.publicKey)), kid: alg, alg },
      make: (payload) =>
        new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
          .setProtectedHeader({ alg, kid: alg, typ: 'at+jwt' })
          .sign(pair.privateKey),
    };
  });
  return Promise.all(asymmetric);
}

/** By Node's crypto, whatever the key id says. */
function isSigned(token: string, keys: readonly JWK[]): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg: string };
  const input = Buffer.from(`${header}.${payload}`);
  return keys
    .filter((key) => key.alg === alg || (key.alg === 'EdDSA' && alg === 'Ed25519'))
    .some((key) => {
      const publicKey = createPublicKey({ key: key, format: 'jwk' });
      const bytes = Buffer.from(signature, 'base64url');
      if (alg === 'EdDSA' || alg === 'Ed25519') return verify(null, input, publicKey, bytes);
      if (alg === 'ES256')
        return verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes);
      if (alg === 'PS256')
        return verify('sha256', input, { key: publicKey, padding: 6, saltLength: 32 }, bytes);
      return verify('sha256', input, publicKey, bytes);
    });
}

/** The reader that names where a text breaks must read what JSON.parse reads, and nothing else. */
function agreesOnJson(text: string, complain: (what: string) => never): void {
  const candidates = [text, ...text.split('.').map((part) => Buffer.from(part, 'base64url').toString())];
  for (const candidate of candidates.slice(0, 6)) {
    const read = readJson(candidate);
    let parsed = true;
    try {
      JSON.parse(candidate);
    } catch {
      parsed = false;
    }
    if (read.ok !== parsed && !(parsed && !read.ok && read.tooDeep))
      complain('reads JSON otherwise than JSON.parse');
    if (!read.ok && (read.at < 0 || read.at > candidate.length)) complain('names a place that is not there');
  }
}

type Random = () => number;

/** Mulberry32: small, repeatable, good enough to choose by. */
function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const nasty = [
  ...[
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '.',
    '~',
    '=',
    '+',
    '/',
    '%',
    ' ',
    '\n',
    '\t',
    '\r\n',
    '\0',
    '\u202e',
  ],
  ...[
    'null',
    'true',
    '1e999',
    '-0',
    '12345678901234567890',
    '"exp":',
    '"alg":"none"',
    '"crit":["b64"]',
    '"b64":false',
  ],
  ...[
    'Bearer ',
    'Authorization: Bearer ',
    'curl -H ',
    "'",
    '$',
    '\\u0000',
    '\ud800',
    '\u{1f469}',
    '__proto__',
    'eyJ',
  ],
  ...[
    'access_token=',
    '&id_token=',
    '{"access_token":"',
    '-----BEGIN PUBLIC KEY-----',
    '…',
    '\ufeff',
    'e30',
    'W10',
  ],
];

function mutated(random: Random, seeds: readonly string[], round: number): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const place = (text: string): number => Math.floor(random() * (text.length + 1));
  let text = pick(seeds);
  if (round % 5 === 0) text = rebuilt(random, pick, text);
  if (round % 101 === 0) text = pick(nasty).repeat(Math.floor(random() * 20_000));
  const steps = Math.floor(random() * 4);
  for (let step = 0; step < steps; step += 1) {
    const at = place(text);
    switch (Math.floor(random() * 9)) {
      case 0:
        text = text.slice(0, at) + pick(nasty) + text.slice(at);
        break;
      case 1:
        text = text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 8));
        break;
      case 2:
        text =
          text.slice(0, at) +
          String.fromCharCode(Math.floor(random() * (random() < 0.9 ? 128 : 65_536))) +
          text.slice(at + 1);
        break;
      case 3:
        text = text.slice(0, at) + text.slice(at).split('').reverse().join('').slice(0, 400);
        break;
      case 4:
        text = text + pick(['', '.', ' ', '\n', ',']) + pick(seeds);
        break;
      case 5:
        text = swapPart(
          text,
          Math.floor(random() * 3),
          pick(seeds).split('.')[Math.floor(random() * 3)] ?? '',
        );
        break;
      case 6:
        text = `${pick(['Bearer ', 'Authorization: Bearer ', 'curl -H "Authorization: Bearer ', '{"access_token":"', '"', 'https://x.example/cb#access_token='])}${text}${pick(['', '"', '"}', '\n'])}`;
        break;
      case 7:
        text = text.replace(/(.{64})/g, '$1\n');
        break;
      default:
        text = text.slice(at) + text.slice(0, at);
    }
  }
  return text;
}

/** Header or payload decoded, changed as text and encoded again: what reaches the JSON reader. */
function rebuilt(random: Random, pick: <T>(from: readonly T[]) => T, token: string): string {
  const index = random() < 0.4 ? 0 : 1;
  const json = Buffer.from(token.split('.')[index] ?? '', 'base64url').toString();
  const at = Math.floor(random() * (json.length + 1));
  const changed = json.slice(0, at) + pick(nasty) + json.slice(at + Math.floor(random() * 3));
  const again = swapPart(token, index, Buffer.from(changed).toString('base64url'));
  if (random() > 0.2) return again;
  const [header = '', payload = ''] = again.split('.');
  return `${header}.${payload}.${createHmac('sha256', 'guess').update(`${header}.${payload}`).digest('base64url')}`;
}

function swapPart(token: string, index: number, by: string): string {
  return token
    .split('.')
    .map((part, at) => (at === index ? by : part))
    .join('.');
}
