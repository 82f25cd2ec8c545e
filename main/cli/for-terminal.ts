/**
 * A text made safe for a terminal: control characters and direction overrides could move the cursor or make a name read
 * as another one, so each becomes a visible mark.
 */
export function forTerminal(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu, '\u00b7');
}
