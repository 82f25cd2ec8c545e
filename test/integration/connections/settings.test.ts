import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addConnection, listConnections } from '../../../main/connections/connections.ts';
import { watchSettings } from '../../../main/connections/watch-settings.ts';
import { testConnection } from '../../support/sessions.ts';
import { killWhileWriting } from '../../support/settings-storm.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'latchkey-settings-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

test('changes of two processes all last', async () => {
  const room = path.resolve(import.meta.dirname, '../../../main/connections/connections.ts');
  const child = (prefix: string): Promise<unknown> => {
    const script = `
      const { addConnection } = await import(${JSON.stringify(room)});
      for (let i = 0; i < 5; i++) {
        const added = await addConnection(${JSON.stringify(home)}, {
          ...${JSON.stringify(testConnection())}, id: crypto.randomUUID(), name: ${JSON.stringify(prefix)} + i });
        if (!added.ok) throw new Error(added.error.message);
      }`;
    return once(spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' }), 'exit');
  };
  expect(await Promise.all([child('a'), child('b')])).toEqual([
    [0, null],
    [0, null],
  ]);
  const list = listConnections(home);
  expect(list.ok && list.value.map(({ name }) => name)).toEqual([
    'a0',
    'a1',
    'a2',
    'a3',
    'a4',
    'b0',
    'b1',
    'b2',
    'b3',
    'b4',
  ]);
});

// Many more of them: npm run soak:settings.
test('writers that are killed in the middle lose nothing they were told was written', async () => {
  expect(await killWhileWriting(home, 5)).toEqual([]);
});

test('a change by another process is told to whoever watches', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const stop = watchSettings(home, () => resolve(undefined));
  await addConnection(home, testConnection());
  await promise;
  stop();
});
