/** A text from a stranger, fit to stand in a sentence: one line, no control or direction characters, bounded. */
export function shown(value: string, most = 100): string {
  if (value.length <= most && /^[ -~]*$/.test(value)) return value;
  const plain = value.slice(0, most * 4).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\ufffd');
  const letters = Array.from(plain);
  return letters.length > most || value.length > most * 4 ? `${letters.slice(0, most - 1).join('')}…` : plain;
}
