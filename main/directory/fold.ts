/**
 * How text is made comparable: accents, capitals and invisible characters do not count, and the beginning of every
 * word carries a mark, so that "begins with" is the same plain substring search as "contains".
 */

/** Stands twice before every word: two, so that one letter makes a trigram with it and two letters another. */
const mark = '\u0001\u0001';

/** Letters that have no decomposition in Unicode but are typed without their stroke. */
const strokes: Readonly<Record<string, string>> = {
  æ: 'ae',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ø: 'o',
  œ: 'oe',
  þ: 'th',
  ŧ: 't',
};

/**
 * NFKD without combining marks, lower case (by way of upper case, so that ß and ẞ are ss), control and format characters
 * (direction marks, joiners) as nothing or a space, white space as single spaces.
 */
export function fold(text: string): string {
  if (isPlain(text)) return text.toLowerCase();
  return text
    .toWellFormed()
    .normalize('NFKD')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .replace(/[æđðħıłøœþŧ]/g, (letter) => strokes[letter] ?? letter)
    .replace(/[\s\p{Cc}\p{Z}]+/gu, ' ')
    .trim();
}

/** Printable ASCII with single spaces inside only: lower case is all it needs. */
function isPlain(text: string): boolean {
  let previous = 32;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 32 || code > 126 || (code === 32 && previous === 32)) return false;
    previous = code;
  }
  return previous !== 32 || text === '';
}

/** Puts the mark before every word of a folded text. What divides words: white space, punctuation, + $ and the like. */
export function markWords(folded: string): string {
  let marked = '';
  let from = 0;
  let inWord = false;
  for (let at = 0; at < folded.length; at += 1) {
    const code = folded.charCodeAt(at);
    if (code >= asciiWord.length) return folded.replace(wordStart, mark);
    const isWord = asciiWord[code] === 1;
    if (isWord && !inWord) {
      marked += folded.slice(from, at) + mark;
      from = at;
    }
    inWord = isWord;
  }
  return marked + folded.slice(from);
}

/** Of each ASCII character, whether it belongs to words: what {@link wordStart} says, several times as fast. */
const asciiWord = Uint8Array.from({ length: 128 }, (_, code) =>
  /[^\s\p{P}\p{Z}\p{C}\p{Sm}\p{Sc}]/u.test(String.fromCharCode(code)) ? 1 : 0,
);

const wordStart = /(?<![^\s\p{P}\p{Z}\p{C}\p{Sm}\p{Sc}])(?=[^\s\p{P}\p{Z}\p{C}\p{Sm}\p{Sc}])/gu;

/** A marked text without its marks. */
export function unmarked(text: string): string {
  return text.replaceAll(mark, '');
}

export interface Term {
  /** To be found as it stands in a marked text. */
  readonly needle: string;
  /** The overlapping three-character pieces of the needle, each once: every match has them all. */
  readonly trigrams: readonly string[];
  /** Whether having the trigrams is being a match; otherwise the needle has to be looked for. */
  readonly exact: boolean;
}

/** More says nothing new, and each one costs. */
const maxTerms = 8;
const maxTrigrams = 16;
const maxSearchLength = 200;

/**
 * What a person typed, as terms that all must be found, in any order. Three letters and more match anywhere, one or
 * two the beginnings of words. Nothing in it is syntax.
 */
export function searchTerms(search: string): readonly Term[] {
  const words = fold(search.slice(0, maxSearchLength)).split(' ').slice(0, maxTerms);
  return words.flatMap((word) => {
    const marked = markWords(word);
    const startsWord = marked.startsWith(mark);
    const anywhere = startsWord ? marked.slice(mark.length) : marked;
    const length = Array.from(anywhere).length;
    if (length >= 3) return [term(anywhere, length === 3)];
    if (!startsWord) return []; // a lone dot or dash: nothing to go by
    // The mark's two characters make the trigram: (mark mark a) or (mark a n).
    return [term(length === 1 ? marked : marked.slice(1), true)];
  });
}

function term(needle: string, exact: boolean): Term {
  const characters = Array.from(needle);
  const trigrams = new Set<string>();
  for (let at = 0; at + 3 <= characters.length && trigrams.size < maxTrigrams; at += 1) {
    trigrams.add(characters.slice(at, at + 3).join(''));
  }
  return { needle, trigrams: [...trigrams], exact };
}
