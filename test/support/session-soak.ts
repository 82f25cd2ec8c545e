import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readlink } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createQueue } from '../../main/vault/queue.ts';
import { enter, openScreen } from '../integration/browser-door/door-client.ts';
import { openChromium } from './browser.ts';
import { type CommandLine, type RunningSandbox, startSandboxProcess } from './cli.ts';
import { add, login, vendorOf } from './connect.ts';
import { mebibytes, rssOf } from './door-checks.ts';
import { startKeyring } from './keyring.ts';
import { newProfile, removeProfiles } from './profile.ts';

/**
 * Scripts and a browser door with one screen renew the same sessions, whose access tokens live a minute, while everything
 * goes wrong at random: the providers refuse, stall and break connections off, processes are killed with -9, and the
 * keychain's daemon is stopped. Nobody may be signed out by it.
 *
 * What no client can survive is left out: where a server rotates refresh tokens and forbids the old ones, its answer is
 * never lost after it has renewed, be it by a fault or because who asked is killed. `service`, which needs no refresh token to
 * be signed in, meets faults and kills at any moment.
 */
export interface SoakRun {
  readonly milliseconds: number;
  readonly reportEveryMs: number;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
  /** The same number, the same order of faults. */
  readonly seed: number;
}

export interface SoakOutcome {
  readonly counts: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

const accessTokenSeconds = 60;
/** Scripts that ask for tokens side by side. */
const scripts = 3;
/** What the browser door may grow by once it is warm. */
const growthKiB = 60 * 1024;
const mostSockets = 60;
const warmMs = 120_000;
/** A door has put into the vault by then what the vault did not take. */
const savedAfterMs = 7_000;
/** What a provider had begun is answered and stored by then. */
const settledAfterMs = 4_000;

const wanted = [
  ['person', 'salto-ks', 'authorization_code', '/v1.1/sites'],
  ['system', 'salto-ks', 'password', '/v1.1/sites'],
  ['service', 'salto-nebula', 'client_credentials', '/v1/installations'],
  ['home', 'smartenit', 'authorization_code', '/locations'],
] as const;
type Name = (typeof wanted)[number][0];

const tokenPaths = {
  'salto-ks': '/connect/token',
  'salto-nebula': '/oauth2/token',
  smartenit: '/oauth2/token',
} as const;

/** Error codes that a script may meet while things go wrong; none of them is a lost login. */
const passing = new Set([
  'rate_limited',
  'provider_failed',
  'network_unreachable',
  'timeout',
  'proxy_failed',
  'session_refused',
  'token_response_invalid',
  'response_unexpected',
  'vault_absent',
  'vault_locked',
  'vault_denied',
  'vault_write_failed',
]);

export async function runSessionSoak(run: SoakRun): Promise<SoakOutcome> {
  const random = randomNumbers(run.seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const counts: Record<string, number> = {};
  const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);
  const failures: string[] = [];
  const failed = (what: string): void => {
    failures.push(what);
    run.say(`FAILED ${what}`);
  };
  const ends: (() => unknown)[] = [];
  const startedAt = Date.now();
  const over = (): boolean => run.signal?.aborted === true || Date.now() - startedAt >= run.milliseconds;
  try {
    const keyring = await startKeyring();
    ends.push(() => keyring.stop());
    void keyring.died.then((how) => failed(`the keychain’s daemon ended by itself (${how})`));
    const sandbox = await startSandboxProcess();
    ends.push(() => sandbox.stop());
    for (const name of ['ks', 'nebula', 'smartenit'])
      await sandbox.control('POST', '/switches', { [`${name}.accessTokenSeconds`]: accessTokenSeconds });
    const { cli } = await newProfile(keyring.env);
    ends.push(removeProfiles);
    const apis = await signInAll(cli, sandbox);
    /** Lives to the end; its memory and its sockets are looked at. */
    const steady = await startDoor(cli);
    ends.push(() => steady.stop());
    let door = await startDoor(cli);
    ends.push(() => door.stop());

    const script = async (): Promise<void> => {
      while (!over()) {
        const name = pick(wanted)[0];
        await askForToken(name);
        await sleep(200 + random() * 800);
      }
    };
    const askForToken = async (name: Name): Promise<void> => {
      const { code, value } = await cli.json(['token', name]);
      if (code === 0) {
        count('tokens');
        return;
      }
      const { error } = value as { error: { code: string; message: string } };
      if (passing.has(error.code)) {
        count(`token: ${error.code}`);
        return;
      }
      failed(`token ${name}: ${error.code} ${error.message}`);
    };

    const faults = async (): Promise<void> => {
      while (!over()) {
        await sleep(1_000 + random() * 3_000);
        const [name, provider] = pick(wanted);
        const fault = pick(name === 'service' ? anyTime : beforeCommit);
        await oneAtATime(() => addFault(provider, { times: 1 + Math.floor(random() * 2), ...fault }));
        count('faults');
        if (!('status' in fault) || fault.status >= 429) continue;
        // What looks refused is tried again rarely; a person who presses "renew" gets on at once.
        await sleep(3_000);
        const asked = await cli.json(['refresh', name]);
        count(asked.code === 0 ? 'renewed by hand' : 'renewal by hand failed');
      }
    };
    const addFault = (provider: keyof typeof tokenPaths, fault: object): Promise<unknown> =>
      sandbox.control('POST', '/faults', { provider, path: tokenPaths[provider], ...fault });

    /** Nobody takes away the faults under whose cover another one kills, or puts one before them that renews late. */
    const oneAtATime = createQueue();
    /** Runs `work` while no provider renews anything: token requests wait and are then broken off, unread. */
    const whileNothingIsRenewed = (work: () => Promise<void>): Promise<void> =>
      oneAtATime(() => underCover(work));
    const underCover = async (work: () => Promise<void>): Promise<void> => {
      await sandbox.control('DELETE', '/faults');
      for (const provider of Object.keys(tokenPaths) as (keyof typeof tokenPaths)[])
        await addFault(provider, { times: 1_000, delayMs: 2_000, drop: true });
      await work();
      await sandbox.control('DELETE', '/faults');
    };

    const kills = async (): Promise<void> => {
      while (!over()) {
        await sleep(2_000 + random() * 4_000);
        const [name] = pick(wanted);
        if (name === 'service') await killOne(name);
        else await whileNothingIsRenewed(() => killOne(name));
      }
    };
    const killOne = async (name: Name): Promise<void> => {
      const child = cli.start(['refresh', name]);
      child.stdout?.resume();
      child.stderr?.resume();
      const ended = once(child, 'close');
      await Promise.race([ended, sleep(100 + random() * 2_000)]);
      if (child.exitCode === null && child.kill('SIGKILL')) count('kill -9 of a command');
      await ended;
    };

    let daemonStops = false;
    let daemonWentOnAt = 0;
    const daemon = async (): Promise<void> => {
      while (!over()) {
        await sleep(8_000 + random() * 12_000);
        daemonStops = true;
        keyring.pause();
        count('stops of the keychain’s daemon');
        await sleep(random() < 0.2 ? 12_000 : 500 + random() * 3_000);
        keyring.resume();
        [daemonStops, daemonWentOnAt] = [false, Date.now()];
      }
    };

    const doorKills = async (): Promise<void> => {
      while (!over()) {
        await sleep(30_000 + random() * 30_000);
        // The keychain was there for long enough: nothing is only in the door's memory.
        while (daemonStops || Date.now() - daemonWentOnAt < savedAfterMs) await sleep(500);
        if (over()) return;
        await whileNothingIsRenewed(async () => {
          await sleep(settledAfterMs);
          await door.kill();
          count('kill -9 of the browser door');
        });
        door = await startDoor(cli);
      }
    };

    const watch = async (): Promise<void> => {
      let first: number | null = null;
      let next = run.reportEveryMs;
      while (!over()) {
        await sleep(2_000);
        const rss = await rssOf(steady.pid);
        if (rss === null) {
          failed('the browser door that nobody killed has ended');
          return;
        }
        const sockets = await socketsOf(steady.pid);
        // What it loads at its beginning is no leak.
        if (first === null && Date.now() - startedAt > Math.min(warmMs, run.milliseconds / 2)) first = rss;
        if (first !== null && rss - first > growthKiB)
          failed(`the browser door grew from ${mebibytes(first)} to ${mebibytes(rss)} MiB`);
        if (sockets > mostSockets) failed(`the browser door has ${sockets} sockets`);
        counts['most sockets'] = Math.max(counts['most sockets'] ?? 0, sockets);
        counts['most memory, MiB'] = Math.max(counts['most memory, MiB'] ?? 0, mebibytes(rss));
        counts['memory at the end, MiB'] = mebibytes(rss);
        if (first !== null) counts['memory when warm, MiB'] = mebibytes(first);
        if (Date.now() - startedAt < next) continue;
        next += run.reportEveryMs;
        run.say(
          `${Math.round((Date.now() - startedAt) / 1000)} s: ${failures.length} failed; ${JSON.stringify(counts)}`,
        );
        for (const state of await statesOf(cli)) if (state !== 'signed_in') count(`status: ${state}`);
      }
    };

    await Promise.all([
      ...Array.from({ length: scripts }, script),
      faults(),
      kills(),
      daemon(),
      doorKills(),
      watch(),
    ]);

    // All is well again: everybody is signed in, and every provider takes the token.
    await sandbox.control('DELETE', '/faults');
    for (const [name] of wanted) {
      const renewed = await cli.json(['refresh', name]);
      if (renewed.code !== 0)
        failed(`${name} cannot be renewed at the end: ${JSON.stringify(renewed.value)}`);
      const { out } = await cli.run(['token', name]);
      const { status } = await fetch(apis.get(name) ?? '', {
        headers: { authorization: `Bearer ${out.trim()}` },
      });
      if (status !== 200) failed(`the token of ${name} is answered with ${status}`);
    }
    const spent = ((await sandbox.control('GET', '/log')) as LogEntry[]).filter(
      ({ body, status }) => body?.grant_type === 'refresh_token' && status === 200,
    );
    counts['refreshes in the log'] = spent.length;
    return { counts, failures };
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

interface LogEntry {
  readonly path: string;
  readonly status: number | null;
  readonly body: { readonly grant_type?: string } | null;
}

const page = '<!doctype html><title>Blocked by the company proxy</title>';
/** The server has not renewed anything when it answers so. */
const beforeCommit = [
  { status: 429, headers: { 'retry-after': '2' } },
  { status: 500, body: page },
  { status: 502, body: page },
  { status: 503 },
  { status: 403, body: page, headers: { 'content-type': 'text/html' } },
  { status: 400 },
  { drop: true },
  { delayMs: 3_000 },
  { status: 200, body: page, headers: { 'content-type': 'text/html' } },
] as const;
/** Where a lost answer costs nothing: the grant itself signs in again, or the refresh token stays. */
const anyTime = [...beforeCommit, { drop: true, after: true }, { delayMs: 2_000, after: true }] as const;

async function signInAll(cli: CommandLine, { description }: RunningSandbox): Promise<Map<string, string>> {
  const browser = await openChromium();
  try {
    const apis = new Map<string, string>();
    for (const [name, provider, grant, path] of wanted) {
      const vendor = vendorOf(description, provider);
      const client = vendor.clients.find((one) => one.grant === grant && one.clientAuth !== 'none');
      if (client === undefined) throw new Error(`${provider} lists no client for ${grant}.`);
      await add(cli, vendor, client, name);
      await login(cli, browser, vendor, client, name);
      apis.set(name, `${vendor.apiBase}${path}`);
    }
    return apis;
  } finally {
    await browser.close();
  }
}

interface RunningDoor {
  readonly pid: number;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** `latchkey serve` with one screen, which does nothing but look: the door renews by itself. */
async function startDoor(cli: CommandLine): Promise<RunningDoor> {
  const child: ChildProcess = cli.start(['serve', '--no-open', '--json']);
  const ended = once(child, 'exit');
  if (!child.stdout) throw new Error('no pipe');
  child.stderr?.resume();
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const { port, origin } = new URL(url);
  const screen = await openScreen(Number(port), { origin, cookie: await enter(Number(port), url) });
  await screen.call('connections.list');
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    screen.socket.on('error', () => undefined);
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return { pid: child.pid ?? 0, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

async function statesOf(cli: CommandLine): Promise<string[]> {
  const { code, value } = await cli.json(['status']);
  return code === 0 ? (value as { state: string }[]).map(({ state }) => state) : ['vault not open'];
}

async function socketsOf(pid: number): Promise<number> {
  try {
    const folder = `/proc/${pid}/fd`;
    const links = await Promise.all(
      (await readdir(folder)).map((file) => readlink(`${folder}/${file}`).catch(() => '')),
    );
    return links.filter((link) => link.startsWith('socket:')).length;
  } catch {
    return 0;
  }
}

/** Numbers between 0 and 1 that come again with the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
