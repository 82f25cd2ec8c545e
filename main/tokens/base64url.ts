import { isUtf8 } from 'node:buffer';

/** What is wrong with a part of a token as base64url text (RFC 7515 2: no padding, no white space, no other letters). */
export interface Base64urlProblem {
  /** Index of the first character that does not fit; the part's length where something is missing at its end. */
  readonly at: number;
  /** Ends the sentence "The payload ...". */
  readonly what: string;
}

/**
 * Null where the part is base64url, strictly: decoded and encoded again it is the same text, so no two texts mean one
 * token (RFC 4648 3.5).
 */
export function base64urlProblem(part: string): Base64urlProblem | null {
  const at = part.search(/[^\w-]/);
  if (at >= 0) return { at, what: foreign(part, at) };
  const rest = part.length % 4;
  if (rest === 1) {
    return { at: part.length, what: 'has a length that base64url text never has: something was cut off' };
  }
  // Two letters carry 12 bits for one byte, three carry 18 for two: what is left over must be zero.
  const spare = rest === 2 ? 0b1111 : rest === 3 ? 0b11 : 0;
  if (spare !== 0 && (letters.indexOf(part.charAt(part.length - 1)) & spare) !== 0) {
    return {
      at: part.length - 1,
      what: `ends in "${part.slice(-1)}", which carries bits that mean nothing: its last character was changed or cut`,
    };
  }
  return null;
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function foreign(part: string, at: number): string {
  const character = part.charAt(at);
  const where = `at character ${at + 1}`;
  if (character === '=') {
    return `is padded with "=" ${where}; a token has no padding`;
  }
  if (character === '+' || character === '/') {
    return `has "${character}" ${where}: that is plain base64, a token uses "-" and "_" instead`;
  }
  if (character === '%')
    return `has "%" ${where}: it was copied from an address and is still encoded for one`;
  if (character === '…') return `has "…" ${where}: whatever showed it had shortened it`;
  if (/\s/.test(character)) return `has white space ${where}`;
  const code = (part.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `has a character that no token has ${where} (U+${code})`;
}

/** The text behind a part, or the index of the first byte that is not UTF-8 (RFC 3629). */
export function utf8Of(bytes: Buffer): { readonly text: string } | { readonly badByte: number } {
  const text = bytes.toString('utf8');
  if (isUtf8(bytes)) return { text };
  const again = Buffer.from(text, 'utf8');
  const badByte = bytes.findIndex((byte, index) => byte !== again[index]);
  return { badByte: badByte < 0 ? bytes.length : badByte };
}
