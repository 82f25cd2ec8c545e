import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, type Page, chromium } from 'playwright';
import type * as standIn from '../../support/electron-stand-in/electron.ts';

/** The built desktop door, running on the stand-in. */
export interface Desktop {
  readonly page: Page;
  readonly home: string;
  /** What the page complained of: errors, warnings, policies. */
  readonly complaints: string[];
  /** What the program said on stderr. */
  readonly said: () => string;
  /** Runs a function in the main process, with `electron`. It is sent as text, so it has its argument alone. */
  readonly evaluate: <A, R>(run: (electron: StandIn, argument: A) => R, argument: A) => Promise<Awaited<R>>;
  /** Waits until the process has ENDED; its exit code. */
  readonly ended: () => Promise<number | null>;
  /** Quits it as the system would. Its exit code. */
  readonly stop: () => Promise<number | null>;
}

/** `electron` as the stand-in has it: Electron's names, and what it recorded. */
export type StandIn = typeof standIn;

/** The built desktop door. */
export const program = path.resolve(import.meta.dirname, '../../../out/main/desktop.js');
const starter = path.resolve(import.meta.dirname, '../../support/electron-stand-in/start.ts');
const folders: string[] = [];

export async function newHome(): Promise<string> {
  const home = await mkdtemp(path.join(tmpdir(), 'latchkey-desktop-'));
  folders.push(home);
  return home;
}

export async function removeHomes(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** A start that ends by itself, as a second one in a profile does: its exit code, and what it said on stderr. */
export async function startAndEnd(
  env: Readonly<Record<string, string>>,
  home: string,
  ...words: string[]
): Promise<{ code: number | null; said: string }> {
  const child = fork(starter, [program, ...words], {
    env: { PATH: process.env.PATH ?? '', ...env, LATCHKEY_HOME: home },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

/** Starts the desktop and waits for its window's page; `env` has the keychain's address, `file` is another build. */
export async function startDesktop(
  env: Readonly<Record<string, string>>,
  home: string,
  file: string = program,
): Promise<Desktop> {
  const child = fork(starter, [file], {
    env: { PATH: process.env.PATH ?? '', ...env, LATCHKEY_HOME: home },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const [{ endpoint }] = (await Promise.race([
    once(child, 'message'),
    exit.then(([code]) => {
      throw new Error(`The desktop ended with ${String(code)} before its window was there: ${said}`);
    }),
  ])) as [{ endpoint: string }];
  const browser = await chromium.connectOverCDP(endpoint);
  const complaints: string[] = [];
  const page = await pageOf(browser);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.setDefaultTimeout(30_000);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  return {
    page,
    home,
    complaints,
    said: () => said,
    evaluate: evaluator(child),
    ended: async () => (await exit)[0],
    stop: async () => {
      if (child.exitCode === null) child.kill('SIGTERM');
      return (await exit)[0];
    },
  };
}

async function pageOf(browser: Browser): Promise<Page> {
  const [context] = browser.contexts();
  if (context === undefined) throw new Error('The stand-in has no browser context.');
  return context.pages()[0] ?? context.waitForEvent('page');
}

function evaluator(child: ChildProcess): Desktop['evaluate'] {
  let last = 0;
  return <A, R>(run: (electron: StandIn, argument: A) => R, argument: A) => {
    last += 1;
    const id = last;
    return new Promise<Awaited<R>>((resolve, reject) => {
      const hear = (message: { id?: number; value?: Awaited<R>; error?: string }): void => {
        if (message.id !== id) return;
        child.off('message', hear);
        if (message.error === undefined) resolve(message.value as Awaited<R>);
        else reject(new Error(message.error));
      };
      child.on('message', hear);
      child.send({ id, source: run.toString(), argument });
    });
  };
}
