import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { addConnection, listConnections } from '../../main/connections/connections.ts';
import { testConnection } from './sessions.ts';

const child = path.resolve(import.meta.dirname, 'settings-child.ts');

/**
 * Kills (SIGKILL) a process that writes settings, `rounds` times, each after another number of writes and another moment
 * within one. @returns what was acknowledged and is not there any more, with what else went wrong; empty where all is well
 */
export async function killWhileWriting(home: string, rounds: number): Promise<string[]> {
  const acknowledged: string[] = [];
  const wrong: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const writer = spawn(process.execPath, [child, home, `r${round}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // As inside a snap, where conf gives up writing whole files.
      env: { ...process.env, SNAP: '/snap/latchkey/1' },
    });
    const ended = once(writer, 'exit') as Promise<[number | null, string | null]>;
    const after = 1 + (round % 3);
    let seen = 0;
    for await (const name of createInterface({ input: writer.stdout })) {
      acknowledged.push(name);
      seen += 1;
      // Somewhere within the next write, which takes a few milliseconds.
      if (seen === after) setTimeout(() => writer.kill('SIGKILL'), (round * 7) % 23);
    }
    const [code, signal] = await ended;
    if (signal !== 'SIGKILL') wrong.push(`round ${round} ended with ${code ?? signal ?? '?'}`);
    const list = listConnections(home);
    if (!list.ok) return [...wrong, `round ${round}: ${list.error.message}`];
    const names = new Set(list.value.map(({ name }) => name));
    wrong.push(...acknowledged.filter((name) => !names.has(name)).map((name) => `${name} is lost`));
    if (wrong.length > 0) return wrong;
  }
  // Whatever the killed ones left is swept by the next one who writes.
  const last = await addConnection(home, testConnection({ id: crypto.randomUUID(), name: 'the last one' }));
  if (!last.ok) wrong.push(last.error.message);
  const left = (await readdir(home)).filter((name) => name.endsWith('.tmp'));
  return [...wrong, ...left.map((name) => `${name} is left`)];
}

/**
 * Starts `count` processes at once, each adding one connection.
 * @param start the process that adds the connection of that name
 * @returns what went wrong; empty where all is well
 */
export async function addAtOnce(
  home: string,
  count: number,
  start: (name: string) => ReturnType<typeof spawn>,
): Promise<string[]> {
  const wanted = Array.from({ length: count }, (_, index) => `at-once-${String(index)}`);
  const codes = await Promise.all(
    wanted.map(async (name) => {
      const [code] = (await once(start(name), 'exit')) as [number | null];
      return code;
    }),
  );
  const list = listConnections(home);
  if (!list.ok) return [list.error.message];
  const names = new Set(list.value.map(({ name }) => name));
  return wanted.flatMap((name, index) => {
    const code = codes[index];
    if (code !== 0) return [`${name}: exit ${String(code)}`];
    return names.has(name) ? [] : [`${name} is lost`];
  });
}
