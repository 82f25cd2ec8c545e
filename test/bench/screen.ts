import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright';
import { openScreen } from '../e2e/console/door.ts';
import { goTo } from '../e2e/console/person.ts';
import { openChromium } from '../support/browser.ts';
import { startSandboxProcess } from '../support/cli.ts';
import { add, clientOf, vendorOf } from '../support/connect.ts';
import { firstViewScript } from '../support/first-view.ts';
import { startKeyring } from '../support/keyring.ts';
import { newProfile, removeProfiles } from '../support/profile.ts';
import { type Bench, type BenchRow, percentile, row } from './row.ts';
import { residentMemory } from './support/world.ts';

const loads = 15;
const steps = 240;
/** Past more rows each frame than one answer holds, and by a screenful, of which most rows are there already. */
const jumpPx = 4000;
const screenfulPx = 640;
/** As tall as the list of a million rows is. */
const floorHeightPx = 32_000_000;
/** How long a million users may take to be read before the bench gives up. */
const readMs = 600_000;

/** The console in a browser: first view, scrolling through all users, and what the processes take. */
export const screenBench: Bench = async ({ users, say }) => {
  const ends: (() => unknown)[] = [];
  try {
    const keyring = await startKeyring();
    ends.push(() => keyring.stop());
    say(`a sandbox with ${users.toLocaleString('en')} users`);
    const sandbox = await startSandboxProcess(['--users', String(users), '--switch', 'ks.maxPageSize=1000']);
    ends.push(() => sandbox.stop());
    const { cli } = await newProfile(keyring.env);
    ends.push(removeProfiles);
    const vendor = vendorOf(sandbox.description, 'salto-ks');
    await add(cli, vendor, clientOf(vendor, 'password'), 'bench');
    for (const words of [
      ['connections', 'set', 'bench', '--set', 'switches.pageSize=1000'],
      ['login', 'bench'],
    ]) {
      const { code, err } = await cli.run(words);
      if (code !== 0) throw new Error(err);
    }
    const door = cli.start(['serve', '--no-open', '--json']);
    const ended = once(door, 'exit');
    ends.push(async () => {
      if (door.exitCode === null) door.kill('SIGTERM');
      await ended;
    });
    if (!door.stdout) throw new Error('no pipe');
    door.stderr?.resume();
    const [line] = (await once(createInterface({ input: door.stdout }), 'line')) as [string];
    const browser = await openChromium();
    ends.push(() => browser.close());
    const { page } = await openScreen(browser, (JSON.parse(line) as { url: string }).url);
    const empty = await emptyPage(page);
    ends.push(() => empty.close());
    return [
      ...(await firstView(page, empty)),
      ...(await scrolling(page, empty, say)),
      ...(await memory(browser, door.pid ?? 0, users)),
    ];
  } finally {
    for (const end of ends.reverse()) await end();
  }
};

interface EmptyPage {
  readonly url: string;
  /** A tab of the same browser, on the empty page. */
  readonly page: Page;
  close(): Promise<void>;
}

async function emptyPage(beside: Page): Promise<EmptyPage> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>Empty</title><main><h1>Empty</h1></main>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const page = await beside.context().newPage();
  await page.goto(url);
  return {
    url,
    page,
    close: async () => {
      await page.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** From asking for a page to its heading being there, both in the same browser, in turn. */
async function firstView(screen: Page, empty: EmptyPage): Promise<BenchRow[]> {
  const { size, files } = firstViewScript();
  const taken: number[] = [];
  const floor: number[] = [];
  const timed = async (page: Page): Promise<number> => {
    await page.bringToFront();
    const begin = performance.now();
    await page.reload({ waitUntil: 'commit' });
    await page.locator('main h1').waitFor();
    return performance.now() - begin;
  };
  for (let load = 0; load < loads; load += 1) {
    floor.push(await timed(empty.page));
    taken.push(await timed(screen));
  }
  return [
    row('JavaScript before the first view', size / 1000, 'kB gzipped', {
      budget: { of: 'value', atMost: 90 },
      note: `${files} files`,
    }),
    row('from opening the address to the first view', percentile(taken, 0.5), 'ms', {
      floor: percentile(floor, 0.5),
      note: `median of ${loads} loads; floor: an empty page in the same browser, in turn`,
    }),
  ];
}

async function scrolling(screen: Page, empty: EmptyPage, say: (line: string) => void): Promise<BenchRow[]> {
  await screen.bringToFront();
  await goTo(screen, 'Users');
  const begin = performance.now();
  await screen.getByRole('button', { name: 'Read users' }).first().click();
  await screen.getByRole('button', { name: 'Stop reading' }).waitFor({ state: 'detached', timeout: readMs });
  say(`all users on the screen after ${Math.round((performance.now() - begin) / 1000)} s`);
  await empty.page.setViewportSize({ width: 1280, height: 800 });
  await empty.page.evaluate((height) => {
    const box = document.createElement('div');
    box.setAttribute('role', 'grid');
    box.style.cssText = 'height: 700px; overflow: auto; contain: strict';
    const inside = document.createElement('div');
    inside.style.height = `${height}px`;
    box.append(inside);
    document.body.append(box);
  }, floorHeightPx);
  // The first pass warms both up.
  const frames = { ours: [] as number[], floor: [] as number[], screenful: [] as number[] };
  for (let pass = 0; pass < 3; pass += 1) {
    await empty.page.bringToFront();
    const floor = await framesOf(empty.page, jumpPx);
    await screen.bringToFront();
    const ours = await framesOf(screen, jumpPx);
    const screenful = await framesOf(screen, screenfulPx);
    if (pass === 0) continue;
    frames.screenful.push(...screenful);
    frames.ours.push(...ours);
    frames.floor.push(...floor);
  }
  const nodes = await screen.getByRole('grid').evaluate((grid) => ({
    list: grid.querySelectorAll('*').length,
    page: document.querySelectorAll('*').length,
  }));
  return [
    row('a frame while scrolling', percentile(frames.ours, 0.95), 'ms p95', {
      floor: percentile(frames.floor, 0.95),
      budget: { of: 'value', atMost: 18 },
      note: `${frames.ours.length} steps of ${jumpPx} px, one each frame; p50 ${percentile(frames.ours, 0.5).toFixed(1)} ms; floor: an empty box as tall in the same browser, p50 ${percentile(frames.floor, 0.5).toFixed(1)} ms`,
    }),
    row('a frame while scrolling by a screenful', percentile(frames.screenful, 0.95), 'ms p95', {
      floor: percentile(frames.floor, 0.95),
      budget: { of: 'value', atMost: 18 },
      note: `${frames.screenful.length} steps of ${screenfulPx} px; p50 ${percentile(frames.screenful, 0.5).toFixed(1)} ms; floor: that above`,
    }),
    row('nodes of the list while scrolling', nodes.list, 'nodes', {
      budget: { of: 'value', atMost: 300 },
      note: `${nodes.page} on the whole page`,
    }),
  ];
}

/** Scrolls the page's list by a step each frame; what each frame took, ms. */
async function framesOf(page: Page, stepPx: number): Promise<number[]> {
  return page.getByRole('grid').evaluate(
    async (box, { count, by }) => {
      const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      const taken: number[] = [];
      box.scrollTop = 0;
      let last = await frame();
      for (let step = 0; step < count; step += 1) {
        box.scrollTop += by;
        const now = await frame();
        taken.push(now - last);
        last = now;
      }
      return taken;
    },
    { count: steps, by: stepPx },
  );
}

async function memory(browser: Browser, door: number, users: number): Promise<BenchRow[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => residentMemory(id));
  const megabytes = (bytes: number): number => bytes / 1_000_000;
  const note = `resident, ${users.toLocaleString('en')} users read`;
  return [
    row('memory of the browser door', megabytes(residentMemory(door)), 'MB', { note }),
    row('memory of the screen', megabytes(Math.max(...renderers)), 'MB', {
      floor: megabytes(Math.min(...renderers)),
      note: `${note}; the largest process of the browser that shows a page; floor: the smallest, with nothing or an empty page`,
    }),
  ];
}
