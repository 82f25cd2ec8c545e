/** What JSON.parse does not tell: where a text breaks, how deep it nests, which names stand twice, which numbers change. */

/** Deeper than any real token; a tree this shallow can be walked and printed by recursion everywhere. */
export const maxJsonDepth = 64;

/** At most so many names are listed; a hostile text could have thousands. */
const maxListed = 10;

export type JsonReading =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** Names found more than once in one object, each once. */
      readonly duplicateNames: readonly string[];
      /** Members whose number no double holds exactly (RFC 8259 6), or that is beyond every double. */
      readonly unsafeNumbers: readonly string[];
    }
  | {
      readonly ok: false;
      readonly tooDeep: boolean;
      /** Index of the character that does not fit; the text's length where it ends too early. */
      readonly at: number;
      /** What would have fitted there, as half a sentence: "a value was expected". */
      readonly expected: string;
    };

type Expected = 'value' | 'first item' | 'first name' | 'name' | 'colon' | 'after value';

interface Frame {
  readonly names: Set<string> | null;
  /** The member that is being read. */
  name: string;
}

const words: Readonly<Record<Expected, string>> = {
  value: 'a value was expected',
  'first item': 'a value or "]" was expected',
  'first name': 'a name in quotes or "}" was expected',
  name: 'a name in quotes was expected',
  colon: '":" was expected',
  'after value': '"," or the closing bracket was expected',
};

/**
 * Reads a JSON text (RFC 8259). One pass without recursion finds what JSON.parse keeps to itself, so that a hostile text
 * cannot exhaust the stack; the value itself comes from JSON.parse. Names are compared after their escapes are resolved,
 * as JSON.parse does (RFC 8259 4 leaves duplicates undefined; RFC 7519 4 wants the last one or a refusal). Never throws.
 */
export function readJson(text: string): JsonReading {
  const plain = readPlain(text);
  if (plain !== null) return plain;
  const open: Frame[] = [];
  const duplicates = new Set<string>();
  const unsafe = new Set<string>();
  let expected: Expected = 'value';
  let at = 0;
  const broken = (where: number, what = words[expected]): JsonReading => ({
    ok: false,
    tooDeep: false,
    at: where,
    expected: what,
  });

  for (;;) {
    at = skipSpace(text, at);
    const frame = open.at(-1);
    if (expected === 'after value' && frame === undefined) {
      if (at < text.length) return broken(at, 'the text should have ended');
      break;
    }
    if (at >= text.length) return broken(text.length);
    const character = text.charAt(at);

    if (expected === 'colon') {
      if (character !== ':') return broken(at);
      at += 1;
      expected = 'value';
    } else if (expected === 'after value') {
      const close = frame?.names ? '}' : ']';
      if (character === ',') expected = frame?.names ? 'name' : 'value';
      else if (character === close) open.pop();
      else return broken(at, `"," or "${close}" was expected`);
      at += 1;
    } else if (character === '"') {
      const string = stringAt(text, at);
      if (!string.ok) return broken(string.at, string.expected);
      const literal = text.slice(at, string.end);
      at = string.end;
      if (frame?.names && (expected === 'name' || expected === 'first name')) {
        frame.name = unescaped(literal);
        if (frame.names.has(frame.name)) duplicates.add(frame.name);
        frame.names.add(frame.name);
        expected = 'colon';
      } else expected = 'after value';
    } else if (character === '}' && expected === 'first name') {
      open.pop();
      at += 1;
      expected = 'after value';
    } else if (expected === 'name' || expected === 'first name') {
      return broken(at);
    } else if (character === ']' && expected === 'first item') {
      open.pop();
      at += 1;
      expected = 'after value';
    } else if (character === '{' || character === '[') {
      open.push({ names: character === '{' ? new Set() : null, name: '' });
      if (open.length > maxJsonDepth) {
        return { ok: false, tooDeep: true, at, expected: `it nests deeper than ${maxJsonDepth} levels` };
      }
      at += 1;
      expected = character === '{' ? 'first name' : 'first item';
    } else {
      const end = literalEnd(text, at);
      if (end === null) return broken(at);
      if (isUnsafeNumber(text.slice(at, end))) unsafe.add(nearestName(open));
      at = end;
      expected = 'after value';
    }
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The pass above and JSON.parse read the same grammar; were they ever to differ, JSON.parse is right.
    return broken(0, 'it is not JSON');
  }
  return {
    ok: true,
    value,
    duplicateNames: [...duplicates].slice(0, maxListed),
    unsafeNumbers: [...unsafe].slice(0, maxListed),
  };
}

/**
 * The short way: a text that JSON.stringify would write itself has no name twice and no number that changes. Null where
 * the long way has to be gone.
 */
function readPlain(text: string): JsonReading | null {
  let brackets = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      brackets += 1;
      if (brackets > maxJsonDepth) return null;
    }
  }
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? { ok: true, value, duplicateNames: [], unsafeNumbers: [] } : null;
  } catch {
    return null;
  }
}

function skipSpace(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
  }
  return at;
}

function stringAt(
  text: string,
  start: number,
):
  | { readonly ok: true; readonly end: number }
  | { readonly ok: false; readonly at: number; expected: string } {
  // Most texts have nothing special in them.
  const quote = text.indexOf('"', start + 1);
  if (quote > 0 && quote - start < 1000 && !/[\u0000-\u001f\\]/.test(text.slice(start + 1, quote))) {
    return { ok: true, end: quote + 1 };
  }
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return { ok: true, end: at + 1 };
    if (code < 0x20) return { ok: false, at, expected: 'a control character stands in a text' };
    if (code !== 0x5c) continue;
    const escape = /^(?:["\\/bfnrt]|u[\da-fA-F]{4})/.exec(text.slice(at + 1, at + 6));
    if (escape === null) return { ok: false, at, expected: 'the backslash begins nothing that JSON knows' };
    at += escape[0].length;
  }
  return { ok: false, at: text.length, expected: 'a text is never closed' };
}

/** Where a number, `true`, `false` or `null` ends; null where none begins. */
function literalEnd(text: string, start: number): number | null {
  for (const word of ['true', 'false', 'null']) if (text.startsWith(word, start)) return start + word.length;
  let at = start;
  const digits = (): number => {
    const first = at;
    while (isDigit(text, at)) at += 1;
    return at - first;
  };
  if (text[at] === '-') at += 1;
  if (text[at] === '0') at += 1;
  else if (digits() === 0) return null;
  if (text[at] === '.') {
    at += 1;
    if (digits() === 0) return null;
  }
  if (text[at] === 'e' || text[at] === 'E') {
    at += 1;
    if (text[at] === '+' || text[at] === '-') at += 1;
    if (digits() === 0) return null;
  }
  return at;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

function isUnsafeNumber(literal: string): boolean {
  const value = Number(literal);
  if (Number.isNaN(value)) return false; // true, false, null
  return !Number.isFinite(value) || (/^-?\d+$/.test(literal) && !Number.isSafeInteger(value));
}

function nearestName(open: readonly Frame[]): string {
  return open.findLast(({ names }) => names !== null)?.name ?? '';
}

function unescaped(literal: string): string {
  return literal.includes('\\') ? String(JSON.parse(literal)) : literal.slice(1, -1);
}
