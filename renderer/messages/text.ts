import { en } from './en.ts';

type Catalogue = typeof en;
export type TextKey = keyof Catalogue;
type Forms<K extends TextKey> = Catalogue[K] extends string ? Catalogue[K] : Catalogue[K][keyof Catalogue[K]];
type Names<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Values<K extends TextKey> = Record<Names<Forms<K>>, string | number>;

const plurals = new Intl.PluralRules('en');
const numbers = new Intl.NumberFormat('en');

/**
 * The text of that key with its {names} filled in. A text with several forms is chosen by `count`. Numbers are grouped;
 * words that come from outside are isolated, so that a right-to-left name cannot turn the sentence round.
 */
export function t<K extends TextKey>(
  key: K,
  ...values: [Names<Forms<K>>] extends [never] ? [] : [Values<K>]
): string {
  const entry: string | { readonly one: string; readonly other: string } = en[key];
  const given: Record<string, string | number> = values[0] ?? {};
  const template =
    typeof entry === 'string'
      ? entry
      : plurals.select(Number(given.count)) === 'one'
        ? entry.one
        : entry.other;
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = given[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? numbers.format(value) : isolate(value);
  });
}

/** Grouped digits: 4,218. */
export function formatCount(count: number): string {
  return numbers.format(count);
}

const mayTurn =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]|[\ud802\ud803\ud83a\ud83b]/;

/** Text that may run right to left between isolates (UAX #9), without controls of its own that could end them early. */
export function isolate(text: string): string {
  if (!mayTurn.test(text)) return text;
  return `\u2068${text.replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, '')}\u2069`;
}
