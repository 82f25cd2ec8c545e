import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { findConnection } from '../../main/connections/connections.ts';
import { profileOf } from '../../main/providers/catalogue.ts';
import { lockFolder } from '../../main/sessions/lock-folder.ts';
import { openKeychain } from '../../main/vault/keychain.ts';
import { updateSecrets } from '../../main/vault/secrets.ts';
import type { Session } from '../../main/sessions/session.ts';
import { sessionBinding } from '../../main/sessions/session.ts';
import { connectionEndpoints } from '../../main/connections/endpoints.ts';
import { cliFile } from '../support/cli.ts';
import { startKeyring } from '../support/keyring.ts';
import { newProfile, removeProfiles } from '../support/profile.ts';
import { type Bench, percentile, row } from './row.ts';

const runs = 40;

/** `latchkey token` with a valid session against a script that only loads keytar and reads one item; medians, taken in turn. */
export const tokenBench: Bench = async ({ say }) => {
  const keyring = await startKeyring();
  const { cli, home } = await newProfile(keyring.env);
  try {
    const words = [
      'connections',
      'add',
      '--name',
      'acme',
      '--provider',
      'oauth2',
      '--grant',
      'client_credentials',
    ];
    const server = 'https://id.acme.example';
    const added = await cli.run(
      [...words, '--client-id', 'acme', '--client-secret-env', 'S', '--token-endpoint', `${server}/token`],
      { env: { S: 'an invented secret' } },
    );
    const found = findConnection(home, 'acme');
    if (added.code !== 0 || !found.ok) throw new Error(added.err);
    const connection = found.value;
    const vault = openKeychain({ isolation: 'helper', env: keyring.env });
    const now = Date.now();
    const session: Session = {
      version: 1,
      binding: sessionBinding(connection, connectionEndpoints(connection, profileOf(connection.provider))),
      accessToken: 'a'.repeat(800),
      scope: null,
      refreshToken: null,
      idToken: null,
      subject: 'acme',
      obtainedAt: now,
      expiresAt: now + 3_600_000,
      refreshExpiresAt: null,
      trouble: null,
    };
    const stored = await updateSecrets<Session>(vault, lockFolder(home), connection.id, (before) => ({
      ...before,
      session,
    }));
    await vault.close();
    if (!stored.ok) throw new Error(stored.error.message);

    const bare = path.join(home, 'bare.cjs');
    const keytar = createRequire(import.meta.url).resolve('keytar');
    await writeFile(
      bare,
      `require(${JSON.stringify(keytar)}).getPassword('Latchkey', 'connection:${connection.id}').then((text) => process.stdout.write(text))`,
    );
    const env = { ...keyring.env, LATCHKEY_HOME: home };
    const timed = async (command: readonly string[]): Promise<number> => {
      const started = performance.now();
      const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'inherit'] });
      child.stdout.resume();
      const [code] = (await once(child, 'close')) as [number | null];
      if (code !== 0) throw new Error(`${command.join(' ')} ended with ${String(code)}`);
      return performance.now() - started;
    };
    const [ours, floor]: [number[], number[]] = [[], []];
    for (let run = -3; run < runs; run += 1) {
      const [token, script] = [await timed([cliFile, 'token', 'acme']), await timed([bare])];
      // The first ones fill the caches.
      if (run < 0) continue;
      ours.push(token);
      floor.push(script);
    }
    say(`${runs} runs of each`);
    return [
      row('latchkey token, valid session', percentile(ours, 0.5), 'ms', {
        floor: percentile(floor, 0.5),
        budget: { of: 'ratio', atMost: 1.3 },
        note: 'floor: node with keytar that reads the same item',
      }),
    ];
  } finally {
    await removeProfiles();
    await keyring.stop();
  }
};
