/**
 * JSON for scripts that a person's terminal can be shown as well: the control and direction characters that JSON lets
 * stand are escaped, which means the same to every reader.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
