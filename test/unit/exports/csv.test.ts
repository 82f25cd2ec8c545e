import { expect, test } from 'vitest';
import { csvLine } from '../../../main/exports/csv.ts';

test('a record ends in CRLF and quotes only what needs it', () => {
  expect(csvLine(['a', 'b c', 'd,e', 'f"g', 'h\ni', 'j\rk'])).toBe('a,b c,"d,e","f""g","h\ni","j\rk"\r\n');
});

test('nothing is an empty field, numbers and truth values are written plainly', () => {
  expect(csvLine([null, '', 0, -12.5, true])).toBe(',,0,-12.5,true\r\n');
  expect(csvLine([])).toBe('\r\n');
});

test.each(['=1+1', '+49 30', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠a'])(
  'the text %j cannot run as a formula',
  (text) => {
    const line = csvLine([text]).replace(/\r\n$/, '');
    expect(line.replace(/^"/, '').startsWith("'")).toBe(true);
  },
);

test('a formula inside a text stays as it is', () => {
  expect(csvLine(['a=1', '1-2', 'x@site.example'])).toBe('a=1,1-2,x@site.example\r\n');
});

test('letters of every script pass unchanged', () => {
  expect(csvLine(['Łukasz', 'שלום', '李雷', '👩‍🔧'])).toBe('Łukasz,שלום,李雷,👩‍🔧\r\n');
});
