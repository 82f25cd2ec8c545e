import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createActivity } from '../../../main/activity/activity.ts';
import { systemClock } from '../../../main/clock.ts';
import { type Console, createConsole } from '../../../main/console.ts';
import type { Connection } from '../../../main/connections/connection.ts';
import { createHttp } from '../../../main/http/http.ts';
import { openMemoryVault } from '../../../main/vault/memory.ts';
import type { Result } from '../../../preload/errors.ts';
import type { SandboxDescription } from '../../support/cli.ts';

/** A sandbox with so many users, and a console that is signed in to its Salto KS. */
export interface World {
  readonly console: Console;
  readonly connection: Connection;
  /** The address of the largest site's users. */
  readonly usersUrl: string;
  readonly installation: string;
  /** The resident memory of the sandbox, bytes. */
  sandboxMemory(): number;
  token(): Promise<string>;
  close(): Promise<void>;
}

export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message} ${result.error.hint}`);
  return result.value;
}

/** Bytes of resident memory of a process, from /proc. */
export function residentMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) * 1024;
}

/** Rows of a page that the bench asks for. */
export const pageSize = 1000;

/** The sandbox of this tree, in a process of its own, with its largest list of `users`. */
export async function openWorld(users: number): Promise<World> {
  const child: ChildProcess = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      path.join(import.meta.dirname, '../../../main/cli.ts'),
      'sandbox',
      '--json',
      '--users',
      String(users),
      '--switch',
      `ks.maxPageSize=${pageSize}`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env.PATH ?? '' } },
  );
  if (child.stdout === null) throw new Error('no output');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { vendors } = JSON.parse(line) as SandboxDescription;
  const vendor = vendors.find(({ provider }) => provider === 'salto-ks');
  const client = vendor?.clients.find(({ grant }) => grant === 'password');
  const account = vendor?.accounts.find(({ role }) => role === 'system user');
  const site = vendor?.installations[0];
  if (!vendor?.issuer || !client || !account || !site) throw new Error('The sandbox has no Salto KS.');

  const home = await mkdtemp(path.join(tmpdir(), 'latchkey-bench-'));
  const console = createConsole({
    home,
    activity: createActivity(),
    vault: openMemoryVault(),
    clock: systemClock,
    http: createHttp({ clock: systemClock, env: {} }),
    env: {},
    openBrowser: () => Promise.reject(new Error('no browser')),
  });
  const connection = value(
    await console.connections.add(
      'salto-ks',
      {
        name: 'bench',
        environment: 'sandbox',
        grant: 'password',
        clientId: client.clientId,
        username: account.username,
        overrides: {
          issuer: vendor.issuer,
          apiBase: vendor.apiBase,
          switches: { pageSize: String(pageSize) },
        },
      },
      { clientSecret: client.clientSecret ?? '', password: account.password },
    ),
  );
  value(await console.sessions.signIn(connection, { report: () => undefined }));
  return {
    console,
    connection,
    installation: site.id,
    usersUrl: `${vendor.apiBase}/v1.1/sites/${site.id}/users?$inlinecount=allpages&$top=${pageSize}`,
    sandboxMemory: () => residentMemory(child.pid ?? 0),
    token: async () => value(await console.sessions.access(connection)).session.accessToken,
    async close() {
      await console.close();
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      await rm(home, { recursive: true, force: true });
    },
  };
}
