import { expect, test } from 'vitest';
import { fold, markWords, searchTerms } from '../../../main/directory/fold.ts';

test.each([
  ['Müller', 'muller'],
  ['MÜLLER', 'muller'],
  ['Mu\u0308ller', 'muller'],
  ['Straße', 'strasse'],
  ['STRASSE', 'strasse'],
  ['Łukasz Ørsted', 'lukasz orsted'],
  ['ŁUKASZ', 'lukasz'],
  ['İstanbul ılık', 'istanbul ilik'],
  ['Ærø', 'aero'],
  ['ﬁne', 'fine'],
  ['Ａｎｎａ', 'anna'],
  ['  a \t b\u00a0\u3000c  ', 'a b c'],
  ['a\u0000b\u001fc', 'a b c'],
  ['ab\u200d\u202e\u2066cd', 'abcd'],
  ['שָׁלוֹם', 'שלום'],
  ['Σίσυφος', fold('ΣΊΣΥΦΟΣ')],
  ['\ud800x', '\ufffdx'],
  ['', ''],
])('%j is compared as %j', (text, folded) => {
  expect(fold(text)).toBe(folded);
});

test('folding twice is folding once', () => {
  for (const text of ['Ǆ ǅ ǆ', 'ΐ ẞ ŉ', 'İI ıi', 'ﷺ', '½ ℡ Ⅷ', 'ǰ', 'Å\u0301', ' ́x', '한글']) {
    expect(fold(fold(text)), text).toBe(fold(text));
  }
});

test('the beginning of every word is marked, whatever divides them', () => {
  expect(markWords('anna-maria o’neil').replaceAll('\u0001\u0001', '|')).toBe('|anna-|maria |o’|neil');
  expect(markWords('a.miller@x.example').replaceAll('\u0001\u0001', '|')).toBe('|a.|miller@|x.|example');
  expect(markWords('李雷 👷').replaceAll('\u0001\u0001', '|')).toBe('|李雷 |👷');
  expect(markWords('...')).toBe('...');
});

test('ASCII is marked as all other text is', () => {
  for (let code = 32; code < 127; code += 1) {
    const character = String.fromCharCode(code);
    const text = `${character}a${character}${character}1 ${character}`;
    // A letter of another script at the end has the whole text read the general way.
    expect(`${markWords(text)} `, text).toBe(markWords(`${text} 李`).slice(0, -3));
  }
});

test('one and two letters ask for beginnings of words, three for anything', () => {
  expect(searchTerms('A')).toEqual([{ needle: '\u0001\u0001a', trigrams: ['\u0001\u0001a'], exact: true }]);
  expect(searchTerms('än')).toEqual([{ needle: '\u0001an', trigrams: ['\u0001an'], exact: true }]);
  expect(searchTerms('ann')).toEqual([{ needle: 'ann', trigrams: ['ann'], exact: true }]);
  expect(searchTerms('anna')).toEqual([{ needle: 'anna', trigrams: ['ann', 'nna'], exact: false }]);
});

test('words are separate terms, and nothing typed leaves nothing to ask', () => {
  expect(searchTerms(' miller  an ').map((term) => term.needle)).toEqual(['miller', '\u0001an']);
  expect(searchTerms('')).toEqual([]);
  expect(searchTerms(' . - ')).toEqual([]);
});

test('an endless search is cut to what can matter', () => {
  expect(searchTerms('word '.repeat(10_000))).toHaveLength(8);
  expect(searchTerms('x'.repeat(10_000))[0]?.needle).toHaveLength(200);
});
