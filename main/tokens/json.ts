/** What JSON.parse does not tell: how deep a text nests and which member names stand twice. */

/** Deeper than any real token; a tree this shallow can be walked and printed by recursion everywhere. */
export const maxJsonDepth = 64;

export interface JsonShape {
  readonly tooDeep: boolean;
  /** Names found more than once in one object, each once, at most ten. */
  readonly duplicateNames: readonly string[];
}

/**
 * Reads a JSON text once, without recursion, so that a hostile text cannot exhaust the stack. The text need not be
 * well-formed: that is for JSON.parse to say. Names are compared after their escapes are resolved, as JSON.parse
 * does (RFC 8259 section 4 leaves duplicates undefined; RFC 7519 section 4 wants the last one or a refusal).
 */
export function jsonShape(text: string): JsonShape {
  const open: (Set<string> | null)[] = [];
  const duplicates = new Set<string>();
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
      if (open.length > maxJsonDepth) return { tooDeep: true, duplicateNames: [...duplicates] };
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      const names = open.at(-1);
      if (names && isFollowedByColon(text, end + 1)) {
        const name = unescapeName(text.slice(at, end + 1));
        if (names.has(name) && duplicates.size < 10) duplicates.add(name);
        names.add(name);
      }
      at = end;
    }
  }
  return { tooDeep: false, duplicateNames: [...duplicates] };
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function isFollowedByColon(text: string, start: number): boolean {
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === ':') return true;
    if (character !== ' ' && character !== '\t' && character !== '\n' && character !== '\r') return false;
  }
  return false;
}

function unescapeName(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal; // not well-formed: JSON.parse of the whole text reports it
  }
}
