const maxLength = 200;

/**
 * Something a server said, made safe to repeat: one line, without control and direction characters, at most 200
 * characters, and with everything masked that looks like a token, a password or a key. Empty text becomes null.
 */
export function vendorWords(value: unknown, limit = maxLength): string | null {
  if (typeof value !== 'string') return null;
  const line = value
    .slice(0, 4000)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .replace(/\b(bearer|basic)\s+[^\s"',;]+/gi, '$1 …')
    .replace(
      /\b(\w*(?:token|secret|password|assertion|code_verifier)["']?\s*[=:]\s*)["']?[^\s"',;&]+/gi,
      '$1…',
    )
    .replace(/[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, '…')
    .replace(/[\w+/=~-]{40,}/g, '…')
    .trim();
  if (line === '') return null;
  const characters = Array.from(line);
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join('')}…`;
}

/**
 * What a JSON value is, for a sentence about an unexpected one: type and member names, never a value.
 * "an object with the members error, message".
 */
export function shapeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  switch (typeof value) {
    case 'object':
      return shapeOfObject(value);
    case 'string':
      return 'text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return 'nothing';
  }
}

function shapeOfObject(value: object): string {
  const names = Object.keys(value);
  if (names.length === 0) return 'an empty object';
  const shown = names.slice(0, 8).map((name) => vendorWords(name, 40) ?? '(blank)');
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  return `an object with the members ${shown.join(', ')}${more}`;
}
