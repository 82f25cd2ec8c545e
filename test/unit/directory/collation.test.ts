import { describe, expect, test } from 'vitest';
import { createCollation } from '../../../main/directory/collation.ts';
import { randomNumbers } from './fixtures.ts';

const byKey =
  (locale: string): ((a: string, b: string) => number) =>
  (a, b) => {
    const { key } = collationOf(locale);
    return Buffer.compare(Buffer.from(key(a)), Buffer.from(key(b)));
  };

const made = new Map<string, ReturnType<typeof createCollation>>();
function collationOf(locale: string): ReturnType<typeof createCollation> {
  const collation = made.get(locale) ?? createCollation(locale);
  made.set(locale, collation);
  return collation;
}

test.each([
  ['sv', ['Adam', 'Zorn', 'Åberg', 'Ängel', 'Öberg']],
  ['de', ['Abel', 'Ärger', 'Arnold', 'Muller', 'Müller', 'Munz', 'Öhm', 'Otto', 'Strasse', 'Straße', 'Zorn']],
  ['de-u-co-phonebk', ['Ader', 'Ärger', 'Afrika', 'Mueller', 'Müller', 'Muller']],
  ['pl', ['Lis', 'Luty', 'Łada', 'Łuk', 'Mak', 'Zając', 'Źrebak', 'Żuk']],
  ['en', ['Åberg', 'Ada', 'Łada', 'Lis', 'Łuk', 'Luty', 'Öhm', 'Otto', 'Zorn']],
  ['cs', ['Cihla', 'Čapek', 'Hana', 'Chalupa', 'Ivan']],
  ['hu', ['Cukor', 'Czar', 'Csaba', 'Dara']],
  ['da', ['Andersen', 'Zorn', 'Ærø', 'Østergaard', 'Aagaard', 'Åse']],
  ['es', ['Nube', 'Nzinga', 'Ñandú', 'Oca']],
  ['en', ['_x', '9 lives', '10 lives', 'Guest 2', 'guest 10', 'Guest 10 a', 'Guest 100']],
] as const)('in %s names stand as people expect: %j', (locale, names) => {
  expect(names.toReversed().toSorted(byKey(locale))).toEqual(names);
});

const words = [
  ...['Anna', 'anna', 'Änne', 'Åberg', 'Öberg', 'Zwart', 'Łukasz', 'Lukas', 'Luther', 'Müller', 'Mueller'],
  ...['Chan', 'Cihan', 'Hana', 'Straße', 'Strasse', 'O’Neil', "O'Neil", 'de Vries', 'Devries', 'Smith-Jones'],
  ...['Guest 2', 'Guest 10', 'Guest 010', 'Guest 00', 'Guest 0', '9 lives', 'Room 1a', 'Room 01b', '_x', '%'],
  ...[
    '李',
    '雷',
    '王',
    'שרה',
    'Анна',
    'ядро',
    'Ёж',
    'Ева',
    'Γιώργος',
    'Άννα',
    'José',
    'Joseph',
    '한글',
    '가나',
  ],
  ...['Æro', 'Aero', 'Afro', 'Øre', 'Orm', 'Þór', 'Thor', 'İstanbul', 'Istanbul', 'ılık', 'Señor', 'Sentor'],
  ...[
    'Csaba',
    'Czar',
    'Cuba',
    'Ljuba',
    'Luba',
    'Aase',
    'Ase',
    'Azz',
    'Đorđe',
    'Dorde',
    'Ddzsa',
    'Accsa',
    'llama',
  ],
  ...[
    '👷',
    '🏠',
    'Nguyễn',
    'Nguyen',
    '',
    ' a',
    'a-b',
    'a b',
    'ab',
    'a.b',
    'ﬁne',
    'fine',
    'Ａｎｎａ',
    'a\u0308rger',
  ],
  ...['x\u0000y', 'かな', 'カナ', '99999999999999999999999999', '123456789012345678901234567890'],
];

const letters = words.map((word) => Array.from(word));

const locales = [
  'en',
  'sv',
  'de',
  'de-u-co-phonebk',
  'pl',
  'cs',
  'sk',
  'hu',
  'da',
  'nb',
  'fi',
  'is',
  'et',
  'lt',
];
const others = ['hr', 'es', 'fr', 'nl', 'tr', 'ru', 'he', 'ar', 'ja', 'vi', 'cy', 'sq', 'el', 'uk', 'ro'];

describe.each([...locales, ...others])('%s', (locale) => {
  const language = new Intl.Collator(locale, { numeric: true, sensitivity: 'accent' });

  test('keys compare as the texts do, by the collator itself', () => {
    const next = randomNumbers(locale.length + 7);
    const parts = Array.from({ length: 400 }, () => {
      const [a = [], b = []] = [letters[next(words.length)], letters[next(words.length)]];
      return `${a.slice(0, 1 + next(4)).join('')}${['', ' ', '-', String(next(30))][next(4)] ?? ''}${b.slice(next(3)).join('')}`;
    });
    const all = [...words, ...parts];
    const keyed = byKey(locale);
    const wrong: string[][] = [];
    for (let round = 0; round < 5000; round += 1) {
      const [a = '', b = ''] = [all[next(all.length)], all[next(all.length)]];
      if (Math.sign(keyed(a, b)) !== Math.sign(language.compare(a, b))) wrong.push([a, b]);
    }
    expect(wrong).toEqual([]);
  });
});

test('letters that come later find their place between those that came before', () => {
  const { key } = createCollation('ja');
  const language = new Intl.Collator('ja', { numeric: true, sensitivity: 'accent' });
  const next = randomNumbers(17);
  // Upwards, downwards and anyhow: thousands of characters of one script.
  const upwards = Array.from({ length: 1500 }, (_, at) => String.fromCharCode(0x4e00 + at));
  const downwards = Array.from({ length: 1500 }, (_, at) => String.fromCharCode(0x9000 - at));
  const anyhow = Array.from({ length: 3000 }, () => String.fromCharCode(0x5000 + next(0x4000)));
  const hangul = Array.from({ length: 900 }, (_, at) => String.fromCharCode(0xac00 + ((at * 7919) % 11_000)));
  const ethiopic = Array.from({ length: 300 }, (_, at) => String.fromCharCode(0x1200 + ((at * 211) % 300)));
  const cherokee = Array.from({ length: 80 }, (_, at) => String.fromCharCode(0x13f4 - at));
  const all = [...upwards, ...downwards, ...anyhow, ...hangul, ...ethiopic, ...cherokee].filter(
    (character) => /\p{L}/u.test(character) && character.normalize('NFC') === character,
  );
  const keys = new Map(all.map((character) => [character, key(character)]));
  const sorted = [...keys].toSorted(([, a], [, b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const wrong = sorted.filter(
    ([character], at) => at > 0 && language.compare(sorted[at - 1]?.[0] ?? '', character) > 0,
  );
  expect(wrong).toEqual([]);
  expect(new Set(keys.values()).size, 'none shares a place').toBe(keys.size);
  expect(Math.max(...[...keys.values()].map((each) => each.length))).toBeLessThanOrEqual(6);
});
