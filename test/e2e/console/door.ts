import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { cliFile } from '../../support/cli.ts';
import { slowDown } from '../../support/slow-screen.ts';

/** `latchkey serve` as its own process, in a profile of its own. */
export interface Door {
  /** The one-time address, good for one browser. */
  readonly url: string;
  readonly child: ChildProcess;
  /** Ends it by SIGTERM; its exit code. Its profile is thrown away. */
  stop(): Promise<number | null>;
}

/** Starts the browser door; `env` has the keychain's address. A profile that is given as `kept` is not thrown away. */
export async function startDoor(
  env: Readonly<Record<string, string>>,
  words: readonly string[] = [],
  kept?: string,
): Promise<Door> {
  const home = kept ?? (await mkdtemp(path.join(tmpdir(), 'latchkey-console-')));
  const child = spawn(process.execPath, [cliFile, 'serve', '--no-open', '--json', ...words], {
    env: { ...env, LATCHKEY_HOME: home },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`serve ended with ${String(code)} before it was ready: ${err}`);
    }),
  ])) as [string];
  return {
    url: (JSON.parse(line) as { url: string }).url,
    child,
    stop: async () => {
      const ended = once(child, 'exit');
      if (child.exitCode === null) child.kill('SIGTERM');
      const code = child.exitCode ?? ((await ended) as [number | null])[0];
      if (kept === undefined) await rm(home, { recursive: true, force: true, maxRetries: 3 });
      return code;
    },
  };
}

/** A browser at the console, and everything it complained of. */
export interface Screen {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors and warnings of the console, uncaught errors, blocked by policy. Empty in a run without faults. */
  readonly complaints: string[];
  /** Every WebSocket frame of the bridge both ways, oldest first. */
  readonly frames: Frame[];
}

export interface Frame {
  readonly by: 'screen' | 'door';
  /** Which WebSocket of this page it went over, from 0. */
  readonly socket: number;
  readonly text: string;
}

/** Opens the console in a browser context of its own. */
export async function openScreen(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Screen> {
  const context = await slowDown(
    await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options }),
  );
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const frames: Frame[] = [];
  let sockets = 0;
  page.on('websocket', (opened) => {
    const socket = sockets++;
    const keep =
      (by: Frame['by']) =>
      ({ payload }: { payload: string | Buffer }) =>
        void frames.push({ by, socket, text: payload.toString() });
    opened.on('framesent', keep('screen'));
    opened.on('framereceived', keep('door'));
  });
  await page.goto(url);
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  return { context, page, complaints, frames };
}
