import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What a right callback has to match. */
export interface Expected {
  /** `127.0.0.1:49152` */
  readonly host: string;
  /** `http://127.0.0.1:49152` */
  readonly origin: string;
  /** Exact path of the redirect URI. */
  readonly path: string;
  readonly state: string;
  readonly mode: 'query' | 'fragment';
}

/**
 * What a request is, by its head alone: `callback` brings the answer in its query, `hand_over` in its body (fragment
 * mode), `entrance` asks for the page that hands over, `foreign` has the right path and a wrong answer, `unreadable` an
 * answer by POST (form_post) or a signed one (JARM), neither of which was asked for.
 */
export type Kind = 'callback' | 'hand_over' | 'entrance' | 'foreign' | 'unreadable' | 'nothing';

/** A code of 16 KB is longer than any server's. */
const longestUrl = 16 * 1024;
export const longestBody = 64 * 1024;

/** Judges by exact comparison; nothing is normalised, since a browser that was redirected repeats the text it was given. */
export function classify(request: IncomingMessage, expected: Expected): Kind {
  const { method, headers, url = '' } = request;
  // A name that an attacker makes resolve to 127.0.0.1 (DNS rebinding) stands in Host.
  if (headers.host !== expected.host || url.length > longestUrl) return 'nothing';
  const [path, query] = splitOnce(url, '?');
  if (path !== expected.path) return 'nothing';
  if (expected.mode === 'query') {
    if (method === 'POST') return 'unreadable';
    if (method !== 'GET') return 'nothing';
    if (isAnswerTo(query, expected.state)) return 'callback';
    return new URLSearchParams(query).has('response') ? 'unreadable' : 'foreign';
  }
  if (method === 'GET') return 'entrance';
  if (method !== 'POST' || query !== '') return 'nothing';
  const sameOrigin =
    headers.origin === expected.origin && (headers['sec-fetch-site'] ?? 'same-origin') === 'same-origin';
  const form = headers['content-type'] === 'application/x-www-form-urlencoded';
  return sameOrigin && form ? 'hand_over' : 'nothing';
}

/**
 * Whether `parameters` (as in a query) answer the request that sent `state`: it is there and right, and nothing is
 * there twice (RFC 6749 3.1).
 */
export function isAnswerTo(parameters: string, state: string): boolean {
  const names = [...new URLSearchParams(parameters).keys()];
  if (new Set(names).size !== names.length) return false;
  const given = new URLSearchParams(parameters).get('state');
  return given !== null && state !== '' && timingSafeEqual(digest(given), digest(state));
}

/** Equal lengths for the comparison that takes equal time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** The body as text, or null over {@link longestBody} or when the connection breaks. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      length += piece.byteLength;
      if (length > longestBody) return null;
      pieces.push(piece);
    }
  } catch {
    // The tab was closed half-way: no answer came, and the sign-in still waits for one.
    return null;
  }
  return Buffer.concat(pieces).toString();
}
