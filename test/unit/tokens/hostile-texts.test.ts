import { expect, test } from 'vitest';
import { compareReports } from '../../../main/tokens/compare.ts';
import { type TokenReport, reportToken } from '../../../main/tokens/report.ts';
import { assemble, claims, clock } from './fixtures.ts';

// What a token says of itself may be meant for the reader's terminal, screen or ticket.

const evil = '\u001b[2J\u001b[32m✔ VALID\u001b[0m\nVerdict: valid\u0000\u009b31m\u202egpj\u2066';
const everywhere = assemble(
  { alg: 'RS256', kid: evil, typ: evil },
  { iss: evil, aud: [evil], sub: evil, scope: evil, client_id: evil, [evil]: evil, exp: 4_000_000_000 },
);

function report(token: string): Promise<TokenReport> {
  return reportToken({ label: null, token, warnings: [], refused: null }, { clock, keys: null }, null);
}

test('the redacted copy has its own lines alone, and no character that moves a cursor or turns text around', async () => {
  const { redacted } = await report(everywhere);
  expect(redacted).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  const lines = redacted.split('\n');
  expect(lines.filter((line) => line.startsWith('Verdict: '))).toEqual([
    expect.stringMatching(/^Verdict: no_keys - Decoded, not verified/),
  ]);
  expect(lines.find((line) => /^ {2}iss /.test(line))).toContain('VALID');
});

test('verdict and warnings stay one line each without control characters', async () => {
  const { verdict, warnings } = await report(everywhere);
  for (const text of [verdict.message, ...warnings]) expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test('what a comparison says is one bounded line too', async () => {
  const [one, other] = [
    await report(everywhere),
    await report(assemble({ alg: 'RS256' }, { scope: `${evil} b` })),
  ];
  for (const { sentence, rows } of [compareReports(one, other), compareReports(other, one)]) {
    for (const text of [sentence, ...rows.map(({ note }) => note ?? '')])
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});

test('two names that look the same and stand twice are warned of once', async () => {
  const { warnings } = await report(
    assemble({ alg: 'RS256' }, '{"\\u202ea":1,"\\u202ea":2,"\\u202da":1,"\\u202da":2}'),
  );
  expect(warnings).toHaveLength(new Set(warnings).size);
});

test('a time beyond every number is shown as that, and the end is not called missing', async () => {
  const { verdict, members, warnings } = await report(assemble({ alg: 'RS256' }, '{"exp":1e400}'));
  expect(verdict.code).toBe('malformed');
  expect(members.find(({ name }) => name === 'exp')?.value).toBe('Infinity');
  expect(warnings.join()).not.toContain('"exp" is missing');
});

test('a megabyte of scopes is explained and compared at once, in few words', async () => {
  const scopes = (word: string): string =>
    Array.from({ length: 80_000 }, (_, at) => `${word}${at}`).join(' ');
  const [one, other] = await Promise.all([
    report(assemble({ alg: 'RS256' }, { ...claims, scope: scopes('a') })),
    report(assemble({ alg: 'RS256' }, { ...claims, scope: `${scopes('b')} ${'admin '.repeat(20_000)}` })),
  ]);
  const started = performance.now();
  const { sentence } = compareReports(one, other);
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(sentence.length).toBeLessThan(2000);
  for (const warning of other.warnings) expect(warning.length).toBeLessThan(2000);
});
