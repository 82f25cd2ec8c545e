import { en } from './en.ts';

type Text = string | { readonly one: string; readonly other: string };
type Forms<T extends Text> = T extends string ? T : T[keyof T];
type Names<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Values<T extends Text> = [Names<Forms<T>>] extends [never]
  ? []
  : [Record<Names<Forms<T>>, string | number>];
type Say<C extends Readonly<Record<string, Text>>> = <K extends keyof C>(
  key: K,
  ...values: Values<C[K]>
) => string;

const plurals = new Intl.PluralRules('en');
const numbers = new Intl.NumberFormat('en');

/**
 * A function for the texts of one part of the screen, given as `{ ... } as const`: a view that is loaded late keeps its own.
 * It answers the text of a key with its {names} filled in. A text with several forms is chosen by `count`. Numbers are
 * grouped; words that come from outside are isolated, so that a right-to-left name cannot turn the sentence round.
 */
export function catalogue<const C extends Readonly<Record<string, Text>>>(texts: C): Say<C> {
  return (key, ...values) => {
    const entry: Text = texts[key] ?? '';
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
  };
}

/** The texts of the shell, and those that several views share. */
export const t = catalogue(en);

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
