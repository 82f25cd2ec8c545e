import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cliFile } from '../support/cli.ts';
import { type TestKeyring, startKeyring } from '../support/keyring.ts';
import { type Profile, newProfile, removeProfiles } from '../support/profile.ts';

let keyring: TestKeyring;
let profile: Profile;

beforeAll(async () => {
  keyring = await startKeyring();
  profile = await newProfile(keyring.env);
  for (const name of ['harbour-ks', 'harbour-nebula'])
    await profile.cli.run([
      ...['connections', 'add', '--name', name, '--provider', 'oidc', '--client-id', 'acme'],
      ...['--issuer', 'https://id.example'],
    ]);
});

afterAll(async () => {
  await keyring.stop();
  await removeProfiles();
});

/** What bash offers where Tab is pressed at the end of these words. */
async function offered(...words: string[]): Promise<string[]> {
  const script = `
    source /usr/share/bash-completion/bash_completion
    latchkey() { '${process.execPath}' '${cliFile}' "$@"; }
    source <(latchkey completion bash)
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=\${#COMP_LINE}
    __latchkey_complete
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...keyring.env, LATCHKEY_HOME: profile.home };
  const { stdout } = await promisify(execFile)('bash', ['-c', script, 'bash', 'latchkey', ...words], { env });
  return stdout.split('\n').filter((line) => line !== '');
}

test('bash offers commands, options, choices, and the names of connections', async () => {
  expect(await offered('lo')).toEqual(['login', 'logout']);
  expect(await offered('connections', '')).toEqual(expect.arrayContaining(['add', 'list', 'remove']));
  expect(await offered('connections', 'add', '--gr')).toEqual(['--grant']);
  expect(await offered('connections', 'add', '--provider', 'sal')).toEqual(['salto-ks', 'salto-nebula']);
  expect(await offered('token', 'harbour-')).toEqual(['harbour-ks', 'harbour-nebula']);
});

test.each(['zsh', 'fish', 'powershell'])('there is a script for %s', async (shell) => {
  const { code, out } = await profile.cli.run(['completion', shell]);
  expect(code).toBe(0);
  expect(out).toContain('latchkey');
});

test('an unknown shell is bad input', async () => {
  expect((await profile.cli.json(['completion', 'dos'])).code).toBe(2);
});
