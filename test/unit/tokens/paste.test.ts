import { describe, expect, test } from 'vitest';
import { findTokens } from '../../../main/tokens/paste.ts';
import { assemble, claims } from './fixtures.ts';

const token = assemble({ alg: 'RS256', kid: 'k' }, claims);
const opaque = 'b7d1c0ffee0123456789abcdef012345';

/** What was found, as `label: token`. */
function found(text: string): string[] {
  return findTokens(text).tokens.map(({ label, token: one, refused }) =>
    refused === null ? `${label ?? '-'}: ${one}` : `${label ?? '-'} refused: ${refused}`,
  );
}

describe('a curl command', () => {
  test.each([
    ['as documentation has it', `curl https://api.example/v1 -H "Authorization: Bearer ${opaque}"`],
    ['with a prompt before it', `$ curl -H 'Authorization: Bearer ${opaque}' https://api.example`],
    ['the option and its value as one word', `curl -H'authorization: bearer ${opaque}' https://api.example`],
    ['among other letters', `curl -sSH "Authorization: Bearer ${opaque}" https://api.example`],
    ['with --header and =', `curl --header="Authorization: Bearer ${opaque}" https://api.example`],
    [
      'as Chromium copies it for a POSIX shell',
      `curl 'https://api.example/v1/sites' \\\n  -H 'accept: */*' \\\n  -H $'authorization: Bearer ${opaque}' \\\n  --compressed`,
    ],
    [
      'as Chromium copies it for cmd',
      `curl ^"https://api.example/v1/sites?a=1^&b=2^" ^\r\n  -H ^"accept: */*^" ^\r\n  -H ^"Authorization: Bearer ${opaque}^" ^\r\n  --compressed`,
    ],
    ['of Windows, broken by backticks', `curl.exe \`\r\n  -H "Authorization: Bearer ${opaque}"`],
  ])('%s', (_what, text) => {
    expect(found(text).map((line) => line.toLowerCase())).toEqual([`authorization: ${opaque}`]);
  });

  test('with tokens in its body, its form and its address', () => {
    expect(
      found(`curl https://id.example/token -d 'grant_type=refresh_token&refresh_token=${opaque}'`),
    ).toEqual([`refresh_token: ${opaque}`]);
    expect(found(`curl 'https://api.example/?access_token=${opaque}&x=1'`)).toEqual([
      `access_token: ${opaque}`,
    ]);
    expect(found(`curl https://api.example --json '{"id_token":"${token}"}'`)).toEqual([
      `id_token: ${token}`,
    ]);
    expect(found(`curl https://api.example --data-raw $'{\\n  "token": "${opaque}\\u0021"\\n}'`)).toEqual([
      `token: ${opaque}!`,
    ]);
    expect(found(`curl --oauth2-bearer ${opaque} https://api.example`)).toEqual([`Authorization: ${opaque}`]);
  });

  test('with a name and a password has no token, and says so', () => {
    expect(found(`curl -H 'Authorization: Basic aGVyZTp0aGVyZQ==' https://api.example`)).toEqual([
      expect.stringContaining('This is Basic authentication'),
    ]);
  });
});

test.each(['$TOKEN', '${TOKEN}', '$env:TOKEN', '$(latchkey token acme)', '%TOKEN%', '{{token}}', '<token>'])(
  '%s is what a script would fill in, and is called that',
  (text) => {
    for (const given of [
      text,
      `Authorization: Bearer ${text}`,
      `curl -H "Authorization: Bearer ${text}" https://a.example`,
    ]) {
      expect(found(given), given).toEqual([
        expect.stringMatching(/refused: This is a variable or a placeholder/),
      ]);
    }
  },
);

test('headers as they stand in code keep no quote and no comma', () => {
  expect(found(`  "Authorization": "Bearer ${opaque}",\n  "Accept": "*/*",`)).toEqual([
    `Authorization: ${opaque}`,
  ]);
  expect(found(`> Authorization: Bearer ${opaque}\n> Accept: */*`)).toEqual([`Authorization: ${opaque}`]);
  expect(found(`headers['Authorization'] = 'Bearer ${token}';`)).toEqual([`-: ${token}`]);
});

test('several tokens, also broken over lines, stay apart', () => {
  const broken = `${token.slice(0, 40)}\n${token.slice(40)}`;
  expect(found(`${token}\n${broken}`)).toEqual([`-: ${token}`, `-: ${token}`]);
});

// Each took minutes, with the whole console waiting; the bound is for machines under load.
test.each([
  ['a header with blanks inside', `Authorization: a${' '.repeat(400_000)}b`],
  ['a header of quotes', `Authorization: ${'"'.repeat(400_000)}b`],
  ['a token in a hundred thousand pieces', `eyJhbGciOiJub25lIn0 ${'a '.repeat(400_000)}`],
  ['a token in pieces that each begin one', 'eyJh. '.repeat(150_000)],
  ['a curl command of options', `curl ${'-H x '.repeat(150_000)}`],
])('%s is read in one pass', (_what, text) => {
  const started = performance.now();
  expect(findTokens(text).tokens.length).toBeGreaterThan(0);
  expect(performance.now() - started).toBeLessThan(10_000);
});
