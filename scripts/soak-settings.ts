import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { addAtOnce, killWhileWriting } from '../test/support/settings-storm.ts';

// npm run soak:settings: 60 processes killed while they write settings, and 50 `connections add` at once; nothing may be lost.
const cli = path.resolve(import.meta.dirname, '../out/main/cli.js');
const home = await mkdtemp(path.join(tmpdir(), 'latchkey-soak-'));
try {
  const killed = await killWhileWriting(home, 60);
  console.log(`60 writers killed: ${killed.length === 0 ? 'nothing lost, nothing left' : killed.join('; ')}`);
  const add = ['connections', 'add', '--provider', 'salto-ks', '--client-id', 'acme-client', '--name'];
  const added = await addAtOnce(home, 50, (name) =>
    spawn(process.execPath, [cli, ...add, name], {
      env: { ...process.env, LATCHKEY_HOME: home },
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  console.log(`50 added at once: ${added.length === 0 ? 'all there' : added.join('; ')}`);
  process.exitCode = killed.length + added.length === 0 ? 0 : 1;
} finally {
  await rm(home, { recursive: true, force: true });
}
