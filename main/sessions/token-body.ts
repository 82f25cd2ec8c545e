import { readJson } from '../tokens/json.ts';

/** Larger than any server's token answer, discovery document or key set; what is larger is not read. */
export const longestAnswer = 1024 * 1024;

/** Thrown into openid-client where an answer must not be read at all; the message is the end of a sentence. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
  readonly from: 'token endpoint' | 'discovery or keys';

  constructor(from: UnreadableAnswer['from'], message: string) {
    super(message);
    this.from = from;
  }
}

/**
 * A good token answer as the library should see it: without members that are null, which some servers send for what
 * they do not have, and without an ID token where `ignoreIdToken`. Anything that is not a JSON object is left for the library to refuse.
 * Throws {@link UnreadableAnswer} where a member stands twice (RFC 6749 3.2: two readers would see two answers) or where
 * it nests deeper than anything sane.
 */
export function readableTokenBody(text: string, ignoreIdToken: boolean): string {
  const read = readJson(text);
  if (!read.ok && read.tooDeep) throw new UnreadableAnswer('token endpoint', 'it nests too deep');
  if (!read.ok || !isObject(read.value)) return text;
  if (read.duplicateNames.length > 0)
    throw new UnreadableAnswer('token endpoint', 'a member stands in it more than once');
  const kept = Object.entries(read.value).filter(
    ([name, value]) => value !== null && !(ignoreIdToken && name === 'id_token'),
  );
  return JSON.stringify(Object.fromEntries(kept));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
