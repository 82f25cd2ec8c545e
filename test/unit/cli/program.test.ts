import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../../../main/cli/context.ts';
import { guarded } from '../../../main/cli/guarded.ts';
import { runCommandLine } from '../../../main/cli/program.ts';
import { quickToken } from '../../../main/cli/quick-token.ts';
import type { Console } from '../../../main/console.ts';
import { type TestTerminal, testTerminal } from './terminal.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'latchkey-cli-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

interface Run {
  code: number | null;
  stdout: string;
  notes: string[];
}

const run = async (
  words: readonly string[],
  way: (words: readonly string[], terminal: TestTerminal) => Promise<number> = common,
  stdin = '',
): Promise<Run> => {
  const terminal = testTerminal(
    { LATCHKEY_HOME: home, PASSPHRASE: 'correct horse', SECRET: 's3cret', EMPTY: '' },
    stdin,
  );
  const code = await way(words, terminal);
  return { code, stdout: terminal.stdout, notes: terminal.notes };
};
const common = (words: readonly string[], terminal: TestTerminal): Promise<number> =>
  runCommandLine(words, terminal, '1.2.3');

const add = ['connections', 'add', '--name', 'acme', '--provider', 'salto-ks', '--client-id', 'acme-client'];

describe('bad usage ends with 2, and is JSON where JSON was asked for', () => {
  test.each<[readonly string[], RegExp]>([
    [[], /A command is missing\./],
    [['connections'], /A command is missing after connections\..*latchkey connections --help/s],
    [['nonsense'], /Unknown command 'nonsense'\./],
    [['token'], /Missing required argument 'name'\./],
    [['token', 'a', 'b'], /Too many arguments/],
    [['status', '--nonsense'], /Unknown option '--nonsense'\./],
    [['connections', 'add', '--name', 'acme'], /Required option '--provider/],
    [['connections', 'add', '--name', 'acme', '--provider', 'nobody'], /Allowed choices are .*salto-ks/],
    [[...add, '--redirect-port', '8000,x'], /Ports are whole numbers from 1 to 65535/],
    [[...add, '--set', 'nonsense=1'], /"nonsense" is not something that can be set/],
    [[...add, '--client-secret-stdin', '--password-stdin'], /Only one secret can come from stdin/],
    [[...add, '--client-secret-stdin', '--client-secret-env', 'SECRET'], /The client secret is given twice/],
    [[...add, '--client-secret-env', 'ABSENT'], /ABSENT is not set or empty/],
    [[...add, '--client-secret-env', 'EMPTY'], /EMPTY is not set or empty/],
    [[...add, '--client-secret-stdin'], /Nothing came on stdin/],
    [['status', '--vault', 'memory'], /There is no vault "memory"/],
    [['status', '--vault', 'file'], /The passphrase is missing/],
    [['users', 'acme', '--ndjson', '--csv'], /cannot be used with/],
    [['show', 'x'], /Unknown command/],
    [['help', 'nope'], /There is no command 'nope'\./],
    [[...add, '--username', '--vault'], /--username has no value: --vault is another option/],
    [['status', '--passphrase-env', 'PASSPHRASE'], /--passphrase-env goes with --vault file only/],
    [[...add, '--client-secret-env', ''], /--client-secret-env names no variable/],
    [['sandbox', '--port', '0x10'], /A whole number from 1 to 65531 is needed/],
    [['serve', '--port', '1e3'], /A whole number from 1 to 65535 is needed/],
    [['connections', 'set', 'acme'], /Nothing to change is given\./],
    [['settings', 'set', 'nonsense', '1'], /There is no setting "nonsense"/],
    [['settings', 'set', 'proxy', 'socks5://x'], /not the address of a proxy/],
    [['settings', 'set', 'proxy', 'http://ann:pw@x:1'], /holds a user name or password/],
    [['settings', 'set', 'noProxy', '10.0.0.0/33'], /something in it that is no host/],
    [['settings', 'set', 'noProxy', 'intranet.example;local'], /something in it that is no host/],
    [['settings', 'set', 'noProxy', 'abc:def'], /something in it that is no host/],
    [['settings', 'set', 'noProxy', '2001:db8::/32, http://x.example'], /something in it that is no host/],
    [['settings', 'set', 'caFile', '/nowhere/ca.pem'], /\/nowhere\/ca\.pem .* cannot be read/],
    [['settings', 'set', 'systemCa', 'maybe'], /systemCa is on or off/],
    [['settings', 'set', 'lockAfterMinutes', '0'], /1 to 1440 minutes/],
    [['settings', 'set', 'noProxy', 'x', '--username', 'ann'], /go with the setting proxy only/],
    [['settings', 'set', 'proxy', 'http://x:1', '--username', 'ann'], /The password is missing/],
  ])('%j', async (words, message) => {
    const people = await run(words);
    expect([people.code, people.stdout]).toEqual([2, '']);
    expect(people.notes.join('\n')).toMatch(message);
    expect(people.notes.at(-1)).toMatch(/ \(input_invalid\)$/);

    const scripts = await run([...words, '--json']);
    expect(scripts.code).toBe(2);
    expect(scripts.notes).toEqual([]);
    expect(scripts.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(scripts.stdout)).toMatchObject({
      error: { code: 'input_invalid', hint: expect.stringMatching(/\S/) as string },
    });
  });
});

test.each<[readonly string[], string]>([
  [['--json', 'status'], 'Options follow the command: latchkey COMMAND --json.'],
  [['--search=ann', 'users', 'acme'], 'Options follow the command: latchkey COMMAND --search.'],
  [
    ['connections', '--provider', 'x', 'add'],
    'Options follow the command: latchkey connections COMMAND --provider.',
  ],
  [
    ['--nonsense', 'status'],
    'latchkey --help lists the commands, latchkey COMMAND --help the options of one.',
  ],
  [
    ['status', '--explain'],
    'latchkey --help lists the commands, latchkey COMMAND --help the options of one.',
  ],
])('an option before its command is told to follow it, another is not: %j', async (words, hint) => {
  const { code, stdout, notes } = await run(words);
  expect(code).toBe(2);
  expect(`${stdout}${notes.join('\n')}`).toContain(hint);
});

test('settings are shown, set and put back', async () => {
  const show = async (): Promise<unknown> => JSON.parse((await run(['settings', 'show', '--json'])).stdout);
  const first = {
    proxy: 'system',
    proxyUsername: null,
    proxyPassword: 'none',
    noProxy: '',
    caFile: null,
    systemCa: true,
    lockAfterMinutes: null,
    environment: { proxy: null, noProxy: null, caFile: null },
  };
  expect(await show()).toMatchObject(first);
  await run(['settings', 'set', 'NOPROXY', 'intranet.example, *.local, 10.0.0.0/8']);
  await run(['settings', 'set', 'systemCa', 'off']);
  const set = await run(['settings', 'set', 'lockAfterMinutes', '15']);
  expect(set.stdout).toMatch(/^proxy {23}system\nnoProxy {21}intranet\.example, \*\.local, 10\.0\.0\.0\/8\n/);
  expect(await show()).toMatchObject({
    ...first,
    noProxy: 'intranet.example, *.local, 10.0.0.0/8',
    systemCa: false,
    lockAfterMinutes: 15,
  });
  for (const key of ['noProxy', 'systemCa', 'lockAfterMinutes']) await run(['settings', 'unset', key]);
  expect(await show()).toMatchObject(first);
});

test("the proxy's password goes into the vault and nowhere else, and with the address it goes away", async () => {
  const file = ['--vault', 'file', '--passphrase-env', 'PASSPHRASE'];
  const set = (...words: string[]): Promise<Run> => run(['settings', 'set', 'proxy', ...words, ...file]);
  const proxied = await set('proxy.example:3128', '--username', 'ann', '--password-env', 'SECRET', '--json');
  expect(JSON.parse(proxied.stdout)).toMatchObject({
    proxy: 'http://proxy.example:3128',
    proxyUsername: 'ann',
    proxyPassword: 'stored',
  });
  expect(await readFile(path.join(home, 'settings.json'), 'utf8')).not.toMatch(/s3cret|ann/);
  const other = await set('http://other.example:3128');
  expect(other.stdout).toMatch(/^proxy {23}http:\/\/other\.example:3128\nproxy sign-in {15}none\n/);
});

test('damaged settings are put right by the command that the hint names', async () => {
  await run(add);
  await writeFile(path.join(home, 'settings.json'), 'damaged');
  const damaged = await run(['connections', 'list']);
  expect(damaged.code).toBe(1);
  expect(damaged.notes.at(-1)).toContain('latchkey settings repair');
  expect((await run(['settings', 'repair'])).notes.join()).toMatch(
    /^The last good settings are back, with 1 /,
  );
  expect((await run(['connections', 'list', '--json'])).stdout).toContain('"acme"');
});

test('a hint for a run with the encrypted file names that vault, so that it can be pasted', async () => {
  await run(add);
  const token = await run(['token', 'acme', '--vault', 'file', '--passphrase-env', 'PASSPHRASE']);
  expect(token.notes.at(-1)).toContain('latchkey login acme --vault file --passphrase-env PASSPHRASE (');
});

test('help and version are results', async () => {
  expect(await run(['--version'])).toEqual({ code: 0, stdout: '1.2.3\n', notes: [] });
  const help = await run(['token', '--help']);
  expect([help.code, help.notes]).toEqual([0, []]);
  expect(help.stdout).toMatch(/Usage: latchkey token/);
});

test('a connection is added, shown, listed, changed and removed, and no secret is printed', async () => {
  const file = ['--vault', 'file', '--passphrase-env', 'PASSPHRASE'];
  const runs = [
    await run([...add, '--client-secret-stdin', ...file], common, 's3cret'),
    await run(['connections', 'show', 'ACME', '--json']),
    await run(['connections', 'list']),
    await run(['connections', 'set', 'acme', '--name', 'Acme HQ', '--scope', '', '--json']),
    await run(['status', '--json', ...file]),
    await run(['connections', 'remove', 'acme hq', '--json', ...file]),
    await run(['connections', 'list', '--json']),
  ];
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(runs[0]?.notes).toEqual(['Next: latchkey login acme --vault file --passphrase-env PASSPHRASE']);
  expect(JSON.parse(runs[1]?.stdout ?? '')).toMatchObject({
    name: 'acme',
    clientAuth: 'basic',
    redirectPorts: [],
  });
  expect(runs[2]?.stdout).toMatch(/^NAME +PROVIDER/);
  expect(JSON.parse(runs[3]?.stdout ?? '')).toMatchObject({ name: 'Acme HQ', scope: null });
  expect(JSON.parse(runs[4]?.stdout ?? '')).toMatchObject([
    { name: 'Acme HQ', state: 'signed_out', vault: 'file' },
  ]);
  expect(JSON.parse(runs[5]?.stdout ?? '')).toEqual({ removed: 'acme hq', revoked: 'nothing_to_revoke' });
  expect(runs[6]?.stdout).toBe('[]\n');
  expect(JSON.stringify(runs)).not.toContain('s3cret');
});

test('a new secret is stored untried, and how it is tried is said', async () => {
  const file = ['--vault', 'file', '--passphrase-env', 'PASSPHRASE'];
  await run([...add, '--client-secret-stdin', ...file], common, 'old');
  const changed = await run(['connections', 'set', 'acme', '--client-secret-env', 'SECRET', ...file]);
  expect([changed.code, changed.notes]).toEqual([
    0,
    [
      'The client secret of acme is stored in place of what was there, and not tried yet.',
      '  Try it: latchkey login acme --vault file --passphrase-env PASSPHRASE',
    ],
  ]);
  const scope = await run(['connections', 'set', 'acme', '--scope', 'other', ...file]);
  expect(scope.notes).toEqual([]);
});

test('without any connection a list says how one is added', async () => {
  const file = ['--vault', 'file', '--passphrase-env', 'PASSPHRASE'];
  const next = 'Add one with: latchkey connections add --vault file --passphrase-env PASSPHRASE';
  const none = { code: 0, stdout: '', notes: [`There are no connections yet. ${next}`] };
  for (const list of ['installations', 'status']) expect(await run([list, ...file])).toEqual(none);
  expect(await run(['installations', '--json'])).toEqual({ code: 0, stdout: '[]\n', notes: [] });
  expect((await run(['users', 'acme', ...file])).notes).toEqual([
    'latchkey: There is no connection named "acme".',
    `  There are no connections yet. ${next} (not_found)`,
  ]);
  await run([
    'connections',
    'add',
    '--name',
    'id',
    '--provider',
    'oidc',
    '--client-id',
    'c',
    '--issuer',
    'https://id.example',
  ]);
  expect((await run(['installations'])).notes).toEqual([
    'No connection here has installations: they are of servers that only sign people in.',
  ]);
});

test('a file that cannot be written is refused before anything is read', async () => {
  await run(add);
  const file = ['--vault', 'file', '--passphrase-env', 'PASSPHRASE'];
  const there = path.join(home, 'people.csv');
  await writeFile(there, 'of yesterday');
  const to = async (out: string): Promise<string> =>
    /\((\w+)\)$/.exec((await run(['users', 'acme', '--out', out, ...file])).notes.at(-1) ?? '')?.[1] ?? '';
  expect(await to(path.join(home, 'none', 'people.csv'))).toBe('export_failed');
  expect(await to(path.join(home, 'people.txt'))).toBe('input_invalid');
  // Nobody is signed in, which only who goes on to read finds out.
  expect(await to(there)).toBe('sign_in_needed');
  expect(await readFile(there, 'utf8')).toBe('of yesterday');
  expect((await readdir(home)).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a grant to think twice about is warned of, when adding and when changing', async () => {
  const added = await run([
    'connections',
    'add',
    '--name',
    'home',
    '--provider',
    'smartenit',
    '--client-id',
    'c',
    '--grant',
    'implicit',
    '--json',
  ]);
  expect(added.notes.join()).toMatch(/^Mind: /);
  expect(JSON.parse(added.stdout)).toMatchObject({ grant: 'implicit' });
  expect((await run(['connections', 'set', 'home', '--scope', 'x'])).notes.join()).not.toMatch(/Mind/);
  expect((await run(['connections', 'set', 'home', '--grant', 'implicit'])).notes.join()).toMatch(/^Mind: /);
});

test('a hint quotes a name that a shell would take apart', async () => {
  const added = await run([
    'connections',
    'add',
    '--name',
    'Acme "HQ" $1',
    '--provider',
    'salto-ks',
    '--client-id',
    'c',
  ]);
  expect(added.notes).toEqual(['Next: latchkey login "Acme \\"HQ\\" \\$1"']);
});

test.each([
  [[]],
  [['token']],
  [['token', '--json']],
  [['token', 'acme', '--vault', 'file']],
  [['token', 'acme', '--json', 'x']],
  [['token', 'acme', 'x']],
  [['token', 'nobody']],
  [['token', '']],
  [['status', 'acme']],
])('the quick way to a token leaves %j to the common one', async (words) => {
  expect(await quickToken(words, { LATCHKEY_HOME: home }, process.platform)).toBeNull();
});

test('of what nobody foresaw the kind of the error is said, never its text', async () => {
  const explode = (): never => {
    throw Object.assign(new RangeError('the secret is hunter2'), { code: 'E_HUNTER' });
  };
  const env = new Proxy<Record<string, string>>(
    {},
    { get: (_, name) => (name === 'LATCHKEY_HOME' ? explode() : undefined) },
  );
  expect(await quickToken(['token', 'acme'], env, process.platform)).toBeNull();
  const terminal = { ...testTerminal(), env };
  const texts: string[] = [];
  terminal.out = (text) => {
    texts.push(text);
    return Promise.resolve();
  };
  expect(await common(['token', 'acme', '--json'], terminal)).toBe(1);
  expect([...texts, ...terminal.notes].join()).not.toContain('hunter2');
  expect(texts[0]).toContain(
    '"code":"unexpected","message":"Something failed that should not (RangeError, E_HUNTER)."',
  );
});

describe('a command that', () => {
  const context = (close: () => Promise<void>): Context => ({
    terminal: testTerminal(),
    exitCode: 0,
    console: { close } as Console,
  });

  test.each([
    ['is done', () => Promise.resolve(0), 0],
    ['was refused', () => Promise.resolve(4), 4],
    ['throws', () => Promise.reject(new Error('hunter2')), 1],
  ])('%s closes its console', async (_what, work, code) => {
    let closed = 0;
    const run = context(() => {
      closed += 1;
      return Promise.resolve();
    });
    expect(await guarded(run, {}, work)).toBe(code);
    expect(closed).toBe(1);
    expect((run.terminal as TestTerminal).notes.join()).not.toContain('hunter2');
  });

  test.each([
    [0, 1],
    [3, 3],
  ])(
    'ends with %i and cannot close its console ends with %i, and says it on stderr only',
    async (code, expected) => {
      const run = context(() => Promise.reject(new Error('hunter2')));
      expect(await guarded(run, { json: true }, () => Promise.resolve(code))).toBe(expected);
      const terminal = run.terminal as TestTerminal;
      expect(terminal.stdout).toBe('');
      expect(terminal.notes).toEqual(['latchkey: Something failed that should not (Error).']);
    },
  );
});

test('a token on the command line that may still be good is spoken of to whoever has a history', async () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = (exp: number): string => `${part({ alg: 'RS256', kid: 'k1' })}.${part({ exp })}.c2lnbmF0dXJl`;
  const good = token(Date.now() / 1000 + 3600);
  const noted = async (words: readonly string[], interactive: boolean): Promise<string> => {
    const terminal = { ...testTerminal({ LATCHKEY_HOME: home }, good), interactive };
    await runCommandLine(['inspect', ...words], terminal, '1.2.3');
    return terminal.notes.join(' ');
  };
  expect(await noted([good], true)).toContain('latchkey inspect - reads it from stdin');
  expect(await noted([good], false)).toBe('');
  expect(await noted(['-'], true)).toBe('');
  expect(await noted([token(1_000_000_000)], true)).toBe('');
});
