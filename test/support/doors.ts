import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright';
import { openScreen } from '../e2e/console/door.ts';
import { startDesktop } from '../e2e/desktop/desktop.ts';
import { openChromium } from './browser.ts';
import { type CommandLine, type RunningSandbox, startSandboxProcess } from './cli.ts';
import { add, clientOf, login, vendorOf } from './connect.ts';
import {
  type Base,
  type Check,
  checkScreen,
  checkSessions,
  checkSettings,
  mebibytes,
  rssOf,
  watchRefusals,
} from './door-checks.ts';
import { type Walker, commandLineWalker, pageWalker } from './door-walks.ts';
import { startKeyring } from './keyring.ts';
import { newProfile, removeProfiles } from './profile.ts';

/**
 * Browser door, desktop door (on the stand-in) and command line at once, on one profile and one keyring: everybody
 * renews, lists and changes settings, while the sandbox's clock runs so that access tokens end every few seconds.
 */
export interface DoorsRun {
  readonly milliseconds: number;
  /** How often everything is looked after, besides at the end. */
  readonly checkEveryMs: number;
  /** One line for people. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface DoorsOutcome {
  readonly passed: number;
  readonly failures: readonly string[];
  readonly walkers: readonly Pick<Walker, 'door' | 'done' | 'kept'>[];
}

const clockEveryMs = 5000;
/** Longer than Salto KS's access tokens live (an hour). */
const clockStepSeconds = 3700;
/** So short that the doors renew by their own clock too. */
const smartenitTokenSeconds = 15;
/** What a door may grow by after its first check: lists of thousands of users come and go. */
const growthKiB = 200 * 1024;

export async function runDoorsAtOnce(run: DoorsRun): Promise<DoorsOutcome> {
  const ends: (() => unknown)[] = [];
  const failures: string[] = [];
  let passed = 0;
  const check = (what: string, problem: string | null): void => {
    if (problem === null) passed += 1;
    else {
      failures.push(`${what}: ${problem}`);
      run.say(`FAILED ${what}: ${problem}`);
    }
  };
  try {
    const keyring = await startKeyring();
    const gone = Promise.withResolvers<string>();
    void keyring.died.then((how) => gone.resolve(`the keychain (${how})`));
    ends.push(() => keyring.stop());
    const sandbox = await startSandboxProcess();
    ends.push(() => sandbox.stop());
    await sandbox.control('POST', '/switches', { 'smartenit.accessTokenSeconds': smartenitTokenSeconds });
    const { cli, home } = await newProfile(keyring.env);
    ends.push(removeProfiles);
    const browser = await openChromium();
    browser.once('disconnected', () => gone.resolve('the browser of the browser door'));
    ends.push(() => browser.close());
    const base = await signInAll(cli, browser, sandbox);

    const served = cli.start(['serve', '--no-open', '--json']);
    const servedEnd = once(served, 'exit') as Promise<[number | null]>;
    ends.push(async () => {
      if (served.exitCode === null) served.kill('SIGTERM');
      const [code] = await servedEnd;
      check('the browser door ends when asked', code === 0 ? null : `exit ${String(code)}`);
    });
    if (!served.stdout) throw new Error('no pipe');
    const [line] = (await once(createInterface({ input: served.stdout }), 'line')) as [string];
    served.stderr?.resume();
    const screen = await openScreen(browser, (JSON.parse(line) as { url: string }).url);

    const desktop = await startDesktop(keyring.env, home);
    ends.push(async () => {
      const code = await desktop.stop();
      check('the desktop door ends when asked', code === 0 ? null : `exit ${String(code)}`);
    });
    for (const page of [screen.page, desktop.page]) page.setDefaultTimeout(60_000);
    desktop.page.once('close', () => gone.resolve('the window of the desktop door'));
    const desktopPid = await desktop.evaluate(() => process.pid, null);

    const shared = {
      base: base.map(({ name }) => name),
      vendor: vendorOf(sandbox.description, 'salto-nebula'),
    };
    const pages: readonly (readonly [string, Page, number, string[]])[] = [
      ['browser', screen.page, served.pid ?? 0, screen.complaints],
      ['desktop', desktop.page, desktopPid, desktop.complaints],
    ];
    const walkers = [
      ...pages.map(([door, page]) => pageWalker(door, page, shared)),
      commandLineWalker(cli, shared, smallLists(sandbox)),
    ];

    const over = new AbortController();
    const walks = walkers.map((walker) => walk(walker, over.signal, check));
    ends.push(async () => {
      over.abort();
      await Promise.all(walks);
    });
    const refusals = watchRefusals(sandbox);
    const startedAt = Date.now();
    const first = new Map<string, number>();
    const look = async (all = false): Promise<void> => {
      await checkSessions(cli, base, check);
      await refusals.look();
      check('no token request was refused', refusals.fresh().join('\n') || null);
      await checkSettings(cli, walkers, base, check, all);
      const memory: string[] = [];
      for (const [door, , pid, complaints] of pages) {
        const rss = await rssOf(pid);
        check(`the ${door} door lives`, rss === null ? 'its process has ended' : null);
        if (rss === null) continue;
        if (!first.has(door)) first.set(door, rss);
        const before = first.get(door) ?? rss;
        memory.push(`${door} ${mebibytes(before)} -> ${mebibytes(rss)} MiB`);
        const fine = rss - before < growthKiB;
        check(`the memory of the ${door} door is bounded`, fine ? null : `grew to ${mebibytes(rss)} MiB`);
        check(`the ${door} door's page has no complaint`, complaints.splice(0).join(' / ') || null);
      }
      const done = walkers.map(
        ({ door, done: { renewed, listed, settings }, kept, again }) =>
          `${door} ${renewed} renewals ${listed} lists (${again} again) ${settings} settings (${kept.size} kept)`,
      );
      run.say(
        `${Math.round((Date.now() - startedAt) / 1000)} s: ${passed} passed, ${failures.length} failed; ${done.join('; ')}; RSS ${memory.join(', ')}`,
      );
    };

    let offsetSeconds = 0;
    let nextCheck = Math.min(run.checkEveryMs, run.milliseconds / 2);
    const left = (): number => startedAt + run.milliseconds - Date.now();
    while (left() > 0 && run.signal?.aborted !== true) {
      const lost = await Promise.race([gone.promise, sleep(Math.min(clockEveryMs, Math.max(0, left())), '')]);
      if (lost !== '') {
        // From here on nothing said of the doors would be true.
        check('what the doors run on is there', `${lost} ended at ${new Date().toISOString()}`);
        return { passed, failures, walkers };
      }
      offsetSeconds += clockStepSeconds;
      await sandbox.control('POST', '/clock', { offsetSeconds });
      await refusals.look();
      if (Date.now() - startedAt < nextCheck) continue;
      nextCheck += run.checkEveryMs;
      await look();
    }
    over.abort();
    await Promise.all(walks);
    await look(true);
    for (const [door, page] of pages) await checkScreen(cli, door, page, check);
    for (const { door, done } of walkers)
      check(
        `somebody at ${door} renewed, listed and changed settings`,
        Object.values(done).every((times) => times > 0) ? null : JSON.stringify(done),
      );
    return { passed, failures, walkers };
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/** Rounds until it is over. A round that fails is a failure of the run; after the third, this door is left alone. */
async function walk(walker: Walker, over: AbortSignal, check: Check): Promise<void> {
  let failed = 0;
  for (let count = 0; !over.aborted && failed < 3; count += 1) {
    try {
      await walker.round(count);
      check(`${walker.door}, round ${count}`, null);
    } catch (error) {
      failed += 1;
      check(`${walker.door}, round ${count}`, error instanceof Error ? error.message : String(error));
    }
  }
}

async function signInAll(
  cli: CommandLine,
  browser: Awaited<ReturnType<typeof openChromium>>,
  { description }: RunningSandbox,
): Promise<Base[]> {
  const base: Base[] = [];
  const wanted = [
    ['a-ks-public', 'salto-ks', 'authorization_code', 'none', '/v1.1/sites'],
    ['a-ks-secret', 'salto-ks', 'authorization_code', 'basic', '/v1.1/sites'],
    ['a-smartenit', 'smartenit', 'authorization_code', 'post', '/locations'],
    ['a-nebula', 'salto-nebula', 'client_credentials', 'post', '/v1/installations'],
  ] as const;
  for (const [name, provider, grant, clientAuth, path] of wanted) {
    const vendor = vendorOf(description, provider);
    const client =
      vendor.clients.find((one) => one.grant === grant && one.clientAuth === clientAuth) ??
      clientOf(vendor, grant);
    await add(cli, vendor, client, name);
    await login(cli, browser, vendor, client, name);
    base.push({ name, address: `${vendor.apiBase}${path}` });
  }
  return base;
}

/** The smallest list of users of each platform that has a base connection: a process for each must not take minutes. */
function smallLists({ description }: RunningSandbox): { connection: string; installation: string }[] {
  return [
    ['a-ks-public', 'salto-ks'] as const,
    ['a-smartenit', 'smartenit'] as const,
    ['a-nebula', 'salto-nebula'] as const,
  ].flatMap(([connection, provider]) => {
    const [smallest] = vendorOf(description, provider)
      .installations.filter(({ users }) => users > 0)
      .toSorted((a, b) => a.users - b.users);
    return smallest === undefined ? [] : [{ connection, installation: smallest.id }];
  });
}
