/**
 * The order of a language as plain text. JavaScript compares two texts by the rules of a language (`Intl.Collator`) but
 * gives no sort keys, and SQLite has no such comparison here: a key is made of weights, one for each letter, found by
 * asking the collator where the letter stands among those known so far. Two keys compare, character by character, as
 * their texts do: letters first ("å" after "z" in Swedish, with "a" in German), then accents; capitals do not count, and
 * numbers stand by their value. Letters of two characters ("ch" in Czech) are found by asking too.
 *
 * What it does not know: the vowels written before their consonant in Thai and Lao, and accents counted from the end in
 * Canadian French. There names stand near, not at, their place.
 */
export interface Collation {
  /** Ordered by code points (as SQLite orders), keys are in the language's order of their texts. */
  readonly key: (text: string) => string;
}

/** A weight's first character is a lead, what lies between two leads has three digits after it. Leads are below digits. */
const firstLead = 0x20;
const firstDigit = 0x400;
const digitBase = 0x400;
const fractions = digitBase ** 3;

/** Before everything: between the letters and the accents of a key. */
const levelSign = '\u0001';
const plain = 0x20;

/** The alphabets that get leads: one or two bytes a letter. All others are placed between them when they are met. */
const alphabets =
  /[ -~\u00c0-\u017f\u0386-\u03ce\u0400-\u045f\u0490\u0491\u0531-\u0586\u05d0-\u05ea\u0621-\u064a\u10d0-\u10f0\u3041-\u3096]/u;
const alphabetsEnd = 0x3100;

/** Letters that are written as two in other places. Tried, not believed: the collator says. */
const spelledOut: Readonly<Record<string, readonly string[]>> = {
  æ: ['ae'],
  œ: ['oe'],
  ß: ['ss'],
  ä: ['ae'],
  ö: ['oe'],
  ü: ['ue'],
  å: ['aa'],
  ø: ['oe'],
  þ: ['th'],
};

/** Letters, or pairs of letters that are one, that the language does not tell apart by more than accents. */
interface Place {
  readonly text: string;
  readonly lead: number;
  /** From 0 up to {@link fractions}; 0 is the lead's own. */
  readonly fraction: number;
  readonly code: string;
}

/** Code points, the last not among them. */
interface Block {
  readonly from: number;
  readonly to: number;
}

/** None of its characters has capitals or accents. */
const han: Block = { from: 0x3400, to: 0xa000 };

/** Scripts of thousands of characters. */
const largeBlocks: readonly Block[] = [han, { from: 0xac00, to: 0xd7a4 }]; // the other is Hangul

/** Small scripts lie within one of these or two. */
function blockOf(code: number): Block {
  const from = code & ~0xff;
  return largeBlocks.find((block) => block.from <= code && code < block.to) ?? { from, to: from + 0x100 };
}

interface Weight {
  readonly letters: string;
  /** Weights of the accents: of every letter one, then of its marks. */
  readonly accents: readonly number[];
}

/** @param locale as BCP 47 says; that of the system where missing */
export function createCollation(locale?: string): Collation {
  const letters = new Intl.Collator(locale, { sensitivity: 'base', numeric: false });
  const accents = new Intl.Collator(locale, { sensitivity: 'accent', numeric: false });
  let places: Place[] = [];
  const placed = new Set<number>();
  const known = new Map<string, Weight>();

  const marks = Array.from({ length: 0x70 }, (_, at) => String.fromCharCode(0x300 + at)).toSorted((a, b) =>
    accents.compare(`x${a}`, `x${b}`),
  );

  /** Odd for marks, even for what stands between two. */
  function accentOf(base: string, whole: string): number {
    let low = 0;
    let high = marks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = accents.compare(whole, `${base}${marks[middle] ?? ''}`);
      if (order === 0) return plain + 2 * middle + 1;
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return plain + 2 * low;
  }

  /** Where a text stands among the places: at an equal one, or before the one at `at`. */
  function find(text: string): { readonly at: number; readonly equal: boolean } {
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = letters.compare(text, places[middle]?.text ?? '');
      if (order === 0) return { at: middle, equal: true };
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return { at: low, equal: false };
  }

  /** The gap before the place at `at`. */
  function gapAt(at: number): { readonly lead: number; readonly lower: number; readonly upper: number } {
    const { lead, fraction } = places[at - 1] ?? start;
    const after = places[at];
    return { lead, lower: fraction, upper: after?.lead === lead ? after.fraction : fractions };
  }

  function placeOf(text: string): Place {
    const block = blockOf(text.codePointAt(0) ?? 0);
    if (!placed.has(block.from)) {
      placed.add(block.from);
      placeAll(block);
    }
    const { at, equal } = find(text);
    const before = places[at - 1] ?? start;
    const after = places[at];
    if (equal && after) return after;
    const { lead, lower, upper } = gapAt(at);
    const fraction = Math.floor((lower + upper) / 2);
    // A gap that is used up: what comes now stands with its neighbour.
    if (fraction === lower) return before;
    const place: Place = { text, lead, fraction, code: codeOf(lead, fraction) };
    places.splice(at, 0, place);
    return place;
  }

  /** The letters of a block at once, evenly in the gaps: coming one by one they would use them up. */
  function placeAll(block: Block): void {
    const sorted = lettersOf(block);
    const before = places;
    const pieces: (readonly Place[])[] = [];
    let taken = 0;
    for (let next = 0; next < sorted.length;) {
      const { at, equal } = find(sorted[next] ?? '');
      if (equal) {
        next += 1;
        continue;
      }
      const after = before[at]?.text;
      const end = after === undefined ? sorted.length : firstFrom(sorted, after, next);
      const { lead, lower, upper } = gapAt(at);
      const share = (upper - lower) / (end - next + 1);
      const made = sorted.slice(next, end).map((text, index) => {
        const fraction = lower + Math.floor(share * (index + 1));
        return { text, lead, fraction, code: codeOf(lead, fraction) };
      });
      pieces.push(before.slice(taken, at), made);
      taken = at;
      next = end;
    }
    // Put together once: there may be tens of thousands.
    places = pieces.concat([before.slice(taken)]).flat();
  }

  /** In the language's order, each once. */
  function lettersOf(block: Block): readonly string[] {
    const { from, to } = block;
    const seen = { twice: false };
    const sorted = Array.from({ length: to - from }, (_, at) => String.fromCodePoint(from + at))
      .filter(
        (each) =>
          /[\p{L}\p{N}\p{S}\p{P}]/u.test(each) && (block === han || isLetterOfItsOwn(letters, each, pairs)),
      )
      .sort((a, b) => {
        const order = letters.compare(a, b);
        if (order === 0) seen.twice = true;
        return order;
      });
    // Sorting has compared all neighbours.
    if (!seen.twice) return sorted;
    return sorted.filter((text, at) => at === 0 || letters.compare(text, sorted[at - 1] ?? '') !== 0);
  }

  /** The first of the sorted texts, from `low` on, that does not stand before `text`. */
  function firstFrom(sorted: readonly string[], text: string, low: number): number {
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (letters.compare(sorted[middle] ?? '', text) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The weight of one letter that has not been met yet. */
  function weigh(character: string): Weight {
    if (letters.compare(character, '') === 0) {
      const mark = accents.compare(character, '') === 0 ? [] : [accentOf('x', `x${character}`)];
      return { letters: '', accents: mark };
    }
    const decomposed = character.normalize('NFD');
    const [base = character] = decomposed;
    if (decomposed.length > base.length && letters.compare(character, base) === 0) {
      const rest = Array.from(decomposed.slice(base.length), (mark) => accentOf('x', `x${mark}`));
      return { letters: weightOf(base).letters, accents: [plain, ...rest] };
    }
    const lower = character.toLocaleLowerCase(letters.resolvedOptions().locale);
    const compatible = character.normalize('NFKD');
    const longer = [...(spelledOut[lower] ?? []), ...(compatible === decomposed ? [] : [compatible])].find(
      (text) => letters.compare(character, text) === 0 && !pairs.includes(text),
    );
    if (longer !== undefined) {
      const parts = Array.from(longer, weightOf);
      const differs = accents.compare(character, longer) !== 0;
      const [first = plain, ...rest] = parts.flatMap((part) => part.accents);
      return {
        letters: parts.map((part) => part.letters).join(''),
        accents: [first, ...(differs ? [plain + 1] : []), ...rest],
      };
    }
    const place = placeOf(lower);
    const differs = place.text !== lower && accents.compare(character, place.text) !== 0;
    return { letters: place.code, accents: [plain, ...(differs ? [accentOf(place.text, character)] : [])] };
  }

  function weightOf(character: string): Weight {
    const found = known.get(character);
    if (found) return found;
    const weight = weigh(character);
    known.set(character, weight);
    return weight;
  }

  const start: Place = { text: '', lead: firstLead - 1, fraction: 0, code: '' };
  const pairs = contractions(letters);
  for (const [at, text] of alphabet(letters, pairs).entries()) {
    const lead = firstLead + at;
    places.push({ text, lead, fraction: 0, code: String.fromCharCode(lead) });
  }
  /** As they are written: "ch", "Ch" and "CH"; "cH" only where the language has it. */
  const pairWeights = new Map(
    pairs.flatMap((pair) => {
      const weight = weighPair(pair);
      const [first, rest] = [pair.charAt(0), pair.slice(1)];
      const forms = [pair, first.toUpperCase() + rest, pair.toUpperCase(), first + rest.toUpperCase()];
      return forms.filter((form) => letters.compare(form, pair) === 0).map((form) => [form, weight] as const);
    }),
  );
  const pairAt = pairs.length === 0 ? null : new RegExp([...pairWeights.keys()].join('|'), 'uy');

  function weighPair(pair: string): Weight {
    // Hungarian "ccs" is "cs" twice.
    const doubled = pair.length > 2 && pair[0] === pair[1] ? pair.slice(1).repeat(2) : '';
    const twice = doubled !== '' && letters.compare(pair, doubled) === 0;
    const code = placeOf(twice ? pair.slice(1) : pair).code;
    return twice ? { letters: code + code, accents: [plain, plain] } : { letters: code, accents: [plain] };
  }

  const zero = weightOf('0').letters;
  /** Of ASCII the weight where it is one byte and all there is to say; 0 where not, 1 for digits. */
  const quick = Uint8Array.from({ length: 128 }, (_, code) => {
    const character = String.fromCharCode(code);
    if (/\d/.test(character)) return 1;
    const { letters: own } = weightOf(character);
    return own.length === 1 && Math.max(own.charCodeAt(0), zero.charCodeAt(0)) < 128 ? own.charCodeAt(0) : 0;
  });
  const bytes = Buffer.allocUnsafeSlow(3 * longestQuick);

  /** For most names, which are ASCII. Null where it is not such a text. */
  function quickKey(text: string): string | null {
    if (text.length > longestQuick || pairAt !== null) return null;
    let length = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      const weight = code < 128 ? (quick[code] ?? 0) : 0;
      if (weight === 0) return null;
      if (weight === 1) {
        while (text.charCodeAt(at) === 48) at += 1;
        const begin = length;
        length += 2;
        for (; at < text.length && quick[text.charCodeAt(at)] === 1; at += 1)
          bytes[length++] = text.charCodeAt(at);
        bytes[begin] = zero.charCodeAt(0);
        bytes[begin + 1] = plain + length - begin - 2;
        at -= 1;
      } else bytes[length++] = weight;
    }
    return bytes.toString('latin1', 0, length);
  }

  function fullKey(text: string): string {
    const composed = text.toWellFormed().normalize('NFC');
    let own = '';
    const marksOf: number[] = [];
    for (let at = 0; at < composed.length;) {
      const number = digitsAt(composed, at);
      if (number !== null) {
        const value = number.replace(/^0+/, '').slice(0, maxDigits);
        own += zero + String.fromCharCode(plain + value.length) + value;
        marksOf.push(plain);
        at += number.length;
        continue;
      }
      if (pairAt !== null) {
        pairAt.lastIndex = at;
        const [pair] = pairAt.exec(composed) ?? [];
        const weight = pair === undefined ? undefined : pairWeights.get(pair);
        if (pair !== undefined && weight) {
          own += weight.letters;
          marksOf.push(...weight.accents);
          at += pair.length;
          continue;
        }
      }
      const character = String.fromCodePoint(composed.codePointAt(at) ?? 0);
      const weight = weightOf(character);
      own += weight.letters;
      marksOf.push(...weight.accents);
      at += character.length;
    }
    while (marksOf.at(-1) === plain) marksOf.pop();
    return marksOf.length === 0 ? own : own + levelSign + String.fromCharCode(...marksOf);
  }

  return { key: (text) => quickKey(text) ?? fullKey(text) };
}

/** Up to here numbers are shorter than {@link maxDigits}. */
const longestQuick = 80;

/** More digits than any number in a name has; what follows them does not count. */
const maxDigits = 90;

function digitsAt(text: string, at: number): string | null {
  let end = at;
  while (end < text.length && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end += 1;
  return end === at ? null : text.slice(at, end);
}

function codeOf(lead: number, fraction: number): string {
  return String.fromCharCode(
    lead,
    firstDigit + Math.floor(fraction / digitBase ** 2),
    firstDigit + (Math.floor(fraction / digitBase) % digitBase),
    firstDigit + (fraction % digitBase),
  );
}

/** Letters that are written as two or three: they do not stand where all else stands that begins with the first. */
function contractions(letters: Intl.Collator): readonly string[] {
  const singles = Array.from('abcdefghijklmnopqrstuvwxyzáćčđéíľňóőšúűýžæøœ');
  const highest = '\uffff'; // of all characters the last, by CLDR
  const stand = (first: string, whole: string): boolean =>
    letters.compare(whole, first) < 0 || letters.compare(whole, first + highest) > 0;
  const with2 = singles.flatMap((first) =>
    singles.map((second) => first + second).filter((pair) => stand(first, pair)),
  );
  const with3 = with2.flatMap((pair) =>
    singles.map((third) => pair + third).filter((text) => stand(pair, text)),
  );
  const doubled = [...with3, ...with2]
    .map((text) => text.charAt(0) + text)
    .filter((text) => stand(text.charAt(0), text) && !with2.includes(text.slice(0, 2)));
  return [...doubled, ...with3, ...with2].toSorted((a, b) => b.length - a.length);
}

/** One text for each letter of the alphabets, in the language's order. */
function alphabet(letters: Intl.Collator, pairs: readonly string[]): readonly string[] {
  const characters = Array.from({ length: alphabetsEnd }, (_, code) => String.fromCharCode(code)).filter(
    (character) => alphabets.test(character) && isLetterOfItsOwn(letters, character, pairs),
  );
  const sorted = [...characters, ...pairs].toSorted(
    (a, b) => letters.compare(a, b) || a.length - b.length || (a < b ? -1 : 1),
  );
  return sorted.filter((text, at) => at === 0 || letters.compare(text, sorted[at - 1] ?? '') !== 0);
}

/** Whether a character is neither a capital nor another letter with accents, nor spelled out as several. */
function isLetterOfItsOwn(letters: Intl.Collator, character: string, pairs: readonly string[]): boolean {
  if (character !== character.toLowerCase() || character !== character.normalize('NFC')) return false;
  const [base = ''] = character.normalize('NFD');
  const spelled = [...(spelledOut[character] ?? []), character.normalize('NFKD')];
  return (
    letters.compare(character, '') !== 0 &&
    (base === character || letters.compare(character, base) !== 0) &&
    !spelled.some(
      (text) => text.length > 1 && letters.compare(character, text) === 0 && !pairs.includes(text),
    )
  );
}
