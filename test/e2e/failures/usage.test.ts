import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CommandLine } from '../../support/cli.ts';
import { expectFailure } from '../../support/failure.ts';
import { type TestKeyring, startKeyring } from '../../support/keyring.ts';
import { newProfile, removeProfiles } from '../../support/profile.ts';

let keyring: TestKeyring;
let cli: CommandLine;
let home: string;

beforeAll(async () => {
  keyring = await startKeyring();
});
beforeEach(async () => {
  ({ cli, home } = await newProfile(keyring.env));
});
afterAll(async () => {
  await keyring.stop();
  await removeProfiles();
});

const secret = { S: 'brass-lantern-90' };
const addWords = (name: string, ...more: string[]): string[] => [
  ...['connections', 'add', '--name', name, '--provider', 'konexus', '--client-id', 'acme-client'],
  ...['--client-secret-env', 'S', ...more],
];
async function addAcme(...more: string[]): Promise<void> {
  const run = await cli.run(addWords('Acme', ...more), { env: secret });
  if (run.code !== 0) throw new Error(run.err);
}

/** Every command that works on one connection. */
const commands = [
  ['login', 'NAME'],
  ['token', 'NAME'],
  ['status', 'NAME'],
  ['logout', 'NAME'],
  ['refresh', 'NAME'],
  ['installations', 'NAME'],
  ['installations', 'NAME', '--offline'],
  ['users', 'NAME'],
  ['inspect', '--connection', 'NAME'],
  ['connections', 'show', 'NAME'],
  ['connections', 'set', 'NAME', '--scope', 'x'],
  ['connections', 'remove', 'NAME'],
].map((words) => [words.join(' '), words] as const);
const of = (words: readonly string[], name: string): string[] =>
  words.map((word) => (word === 'NAME' ? name : word));

test.each(commands)('%s with a name that nobody has', async (_, words) => {
  await addAcme();
  await expectFailure(cli, of(words, 'acmee'), {
    code: 'not_found',
    message: 'There is no connection named "acmee".',
    hint: 'latchkey connections list',
  });
});

test('a name is taken whatever its capitals, and the first one keeps its secret', async () => {
  await addAcme();
  await expectFailure(
    cli,
    addWords('aCME'),
    { code: 'connection_exists', message: 'connection named "Acme"', hint: 'latchkey connections set' },
    { env: { S: 'another-secret-1' } },
  );
  expect((await cli.json(['connections', 'list'])).value).toMatchObject([{ name: 'Acme' }]);
});

test.each([
  ['a command that is none', ['signin'], /unknown command 'signin'/i],
  ['a command that is nearly one', ['logn', 'acme'], /Did you mean login/],
  ['an option that is none', ['login', 'acme', '--brwoser'], /unknown option '--brwoser'/i],
  ['an argument too many', ['status', 'acme', 'more'], /too many arguments/i],
  ['a name that is missing', ['login'], /missing required argument 'name'/i],
  ['an option that is missing', ['connections', 'add', '--name', 'x'], /--provider/],
  ['a provider that is none', addWords('x', '--provider', 'acme'), /salto-ks/],
  ['a grant that is none', addWords('x', '--grant', 'magic'), /client_credentials/],
  ['a port that is none', addWords('x', '--redirect-port', '70000'), /1 to 65535/],
  ['two formats', ['installations', '--csv', '--ndjson'], /'--csv' cannot be used with/],
])('%s', async (_, words, message) => {
  await expectFailure(
    cli,
    words,
    { code: 'input_invalid', message, hint: /latchkey --help lists the commands/ },
    { env: secret },
  );
});

test('no command at all', async () => {
  const run = await cli.run([]);
  expect(run).toMatchObject({ code: 2, out: '' });
  expect(run.err).toContain('(input_invalid)');
});

test.each([
  [
    'a variable with the secret that is not set',
    addWords('x'),
    'The environment variable S is not set',
    'the NAME of a variable',
  ],
  [
    'a variable with the password that is not set',
    addWords('x', '--client-secret-env', 'PATH', '--password-env', 'NOWHERE'),
    'The environment variable NOWHERE is not set',
    '--password-env takes the NAME',
  ],
  [
    'a grant that the provider does not have',
    addWords('x', '--client-secret-env', 'PATH', '--grant', 'password'),
    'Konexus does not offer the grant password',
    /Choose one of: client_credentials/,
  ],
  [
    'a client without the secret that its grant needs',
    ['connections', 'add', '--name', 'x', '--provider', 'konexus', '--client-id', 'y'],
    'needs the client secret',
    '--client-secret-stdin',
  ],
  [
    'an override that is none',
    addWords('x', '--client-secret-env', 'PATH', '--set', 'pats.users=/u'),
    /pats/,
    /\w/,
  ],
  ['a vault that is none', ['status', '--vault', 'memory'], 'There is no vault "memory"', 'keychain or file'],
  [
    'a file vault without a passphrase',
    ['status', '--vault', 'file'],
    'passphrase is missing',
    '--passphrase-env',
  ],
  ['nothing to inspect', ['inspect'], 'There is no token to inspect', '--connection NAME'],
  [
    'a key file that is not there',
    ['inspect', 'x.y.z', '--jwks', '/nowhere/keys.json'],
    '/nowhere/keys.json',
    '--jwks',
  ],
])('%s', async (_, words, message, hint) => {
  await expectFailure(cli, words, { code: 'input_invalid', message, hint });
  expect((await cli.json(['connections', 'list'])).value).toEqual([]);
});

test('a secret in the place of a variable name is not repeated', async () => {
  const run = await cli.json(addWords('x').with(-1, 'brass-lantern-90'));
  expect(run.code).toBe(2);
  // It stands on the command line, which is the person's doing; the message names what is missing all the same.
  expect((run.value as { error: { hint: string } }).error.hint).toContain('never the value');
});

describe('a settings file that is damaged', () => {
  const settings = (): string => path.join(home, 'settings.json');
  const all: [string, readonly string[]][] = [
    ...commands.map(([name, words]): [string, readonly string[]] => [name, words]),
    ['connections list', ['connections', 'list']],
    ['connections add', addWords('other')],
    ['installations', ['installations']],
    ['status', ['status']],
  ];

  test.each([
    ['cut off', (text: string) => text.slice(0, -20), /not valid JSON/],
    ['emptied', () => '', /not valid JSON/],
    [
      'of another shape',
      () => '{"version":1,"connections":{}}',
      /does not hold what it should \(connections\)/,
    ],
  ])('%s stops every command, and nothing is overwritten', async (_, damage, message) => {
    await addAcme();
    await addAcme('--name', 'second');
    const damaged = damage(await readFile(settings(), 'utf8'));
    await writeFile(settings(), damaged);
    const lastGood = await readFile(path.join(home, 'settings.last-good.json'), 'utf8');
    await expectFailure(
      cli,
      ['connections', 'list'],
      { code: 'settings_corrupt', message, hint: 'latchkey settings repair' },
      { env: secret },
    );
    for (const [name, words] of all) {
      const run = await cli.json(of(words, 'acme'), { env: secret });
      expect(run, name).toMatchObject({ code: 1, value: { error: { code: 'settings_corrupt' } } });
    }
    expect(await readFile(settings(), 'utf8')).toBe(damaged);
    expect(await readFile(path.join(home, 'settings.last-good.json'), 'utf8')).toBe(lastGood);
    const [copy = '', ...others] = (await readdir(home))
      .filter((file) => file.startsWith('settings'))
      .toSorted();
    expect(others).toEqual(['settings.json', 'settings.last-good.json']);
    expect(await readFile(path.join(home, copy), 'utf8')).toBe(damaged);

    // What the hint says helps.
    expect((await cli.run(['settings', 'repair'])).code).toBe(0);
    expect((await cli.json(['connections', 'list'])).value).toMatchObject([
      { name: 'Acme' },
      { name: 'second' },
    ]);
  });

  test('of a version to come is not called damaged, and stays', async () => {
    await addAcme();
    const newer = (await readFile(settings(), 'utf8')).replace('"version": 2', '"version": 99');
    await writeFile(settings(), newer);
    await expectFailure(cli, ['connections', 'list'], {
      code: 'profile_unusable',
      message: 'A newer Latchkey wrote the settings',
      hint: 'Use the newest Latchkey',
    });
    expect(await readFile(settings(), 'utf8')).toBe(newer);
  });
});
