import { type Result, fail, ok } from '../../../preload/errors.ts';

/** NEB-DOC /filter. */
const maxFilterLength = 20_000;

/** A text literal: single quotes, with the quote and the backslash escaped as in CEL, no control characters. */
export function quoted(text: string): string {
  const plain = text.replace(/\p{Cc}+/gu, ' ').replace(/['\\]/g, (character) => `\\${character}`);
  return `'${plain}'`;
}

/**
 * The filter that finds every word in the display name, joined to the filter as typed. Whether `contains` minds case
 * is not documented, so each word is asked for as typed, in lower case, in upper case and with a capital.
 * Null where there is nothing to filter. Errors: input_invalid (longer than the vendor allows).
 */
export function userFilter(words: readonly string[], typed: string | undefined): Result<string | null> {
  const conditions = words.map((word) => {
    const tests = casesOf(word).map((form) => `display_name.contains(${quoted(form)})`);
    return tests.length === 1 ? tests.join('') : `(${tests.join(' || ')})`;
  });
  const parts =
    typed === undefined ? conditions : [conditions.length === 0 ? typed : `(${typed})`, ...conditions];
  const filter = parts.join(' && ');
  if (filter.length > maxFilterLength) {
    return fail(
      'input_invalid',
      `The filter is ${filter.length} characters long; Salto Nebula takes at most ${maxFilterLength}.`,
      'Search for fewer words or shorten the filter.',
    );
  }
  return ok(filter === '' ? null : filter);
}

function casesOf(word: string): string[] {
  const lower = word.toLowerCase();
  const [first = '', ...rest] = Array.from(lower);
  return [...new Set([word, lower, first.toUpperCase() + rest.join(''), word.toUpperCase()])];
}
