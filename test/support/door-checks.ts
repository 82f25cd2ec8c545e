import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { goTo } from '../e2e/console/person.ts';
import type { CommandLine, RunningSandbox } from './cli.ts';
import { type Walker, endedMidway } from './door-walks.ts';

/** Counts one thing that was looked at: null is fine, a text is what was found instead. */
export type Check = (what: string, problem: string | null) => void;

/** A base connection, and an address of its API that takes its token. */
export interface Base {
  readonly name: string;
  readonly address: string;
}

interface LogEntry {
  readonly time: string;
  readonly provider: string;
  readonly path: string;
  readonly status: number | null;
  readonly body: Readonly<Record<string, unknown>> | null;
}

/** Every base session is there, and its provider takes its token once the client has had the chance to renew it. */
export async function checkSessions(cli: CommandLine, base: readonly Base[], check: Check): Promise<void> {
  const states = new Map(
    (await rowsOf<{ name: string; state: string }>(cli, ['status'], check)).map(({ name, state }) => [
      name,
      state,
    ]),
  );
  for (const { name, address } of base) {
    const state = states.get(name) ?? 'gone';
    check(`${name} is signed in`, state === 'signed_in' ? null : state);
    let read = await cli.run(['installations', name, '--json']);
    if (endedMidway(read.out + read.err)) read = await cli.run(['installations', name, '--json']);
    const token = await cli.run(['token', name]);
    if (read.code !== 0 || token.code !== 0) {
      check(`the token of ${name} is accepted`, read.out + read.err + token.err);
      continue;
    }
    const { status } = await fetch(address, { headers: { authorization: `Bearer ${token.out.trim()}` } });
    check(`the token of ${name} is accepted`, status === 200 ? null : `HTTP ${status}`);
  }
}

export interface Refusals {
  /** Looks through what the sandbox was asked; often enough that its log of 10,000 requests loses none unseen. */
  look(): Promise<void>;
  /** The refused token requests that this has not returned before. */
  fresh(): string[];
}

/** Whether anybody showed a refresh token that was spent: the sandbox answers 400 and ends the session (RFC 9700 4.14.2). */
export function watchRefusals(sandbox: RunningSandbox): Refusals {
  const known = new Set<string>();
  let fresh: string[] = [];
  return {
    async look() {
      for (const entry of (await sandbox.control('GET', '/log')) as LogEntry[]) {
        // A null is a request whose asker went away.
        if (entry.body?.grant_type === undefined || entry.status === 200 || entry.status === null) continue;
        const text = JSON.stringify(entry);
        if (known.has(text)) continue;
        known.add(text);
        fresh.push(text);
      }
    },
    fresh() {
      const found = fresh;
      fresh = [];
      return found;
    },
  };
}

/** What every door added and kept is there as it was changed last; `all`: and nothing that somebody removed. */
export async function checkSettings(
  cli: CommandLine,
  walkers: readonly Walker[],
  base: readonly Base[],
  check: Check,
  all = false,
): Promise<void> {
  const expected = walkers.map(({ door, kept }) => [door, new Map(kept)] as const);
  const rows = await rowsOf<{ name: string; scope: string | null }>(cli, ['connections', 'list'], check);
  const found = new Map(rows.map(({ name, scope }) => [name, scope]));
  for (const [door, kept] of [
    ...expected,
    ['sign-ins', new Map(base.map(({ name }) => [name, null]))] as const,
  ]) {
    const lost = [...kept].flatMap(([name, scope]) =>
      found.has(name) && (scope === null || found.get(name) === scope)
        ? []
        : [`${name} ${String(found.get(name))}`],
    );
    check(`the settings of ${door} are there`, lost.length === 0 ? null : `lost: ${lost.join(', ')}`);
  }
  const known = new Set([
    ...base.map(({ name }) => name),
    ...expected.flatMap(([, kept]) => [...kept.keys()]),
  ]);
  const back = [...found.keys()].filter((name) => !known.has(name));
  if (all) check('what was removed is gone', back.length === 0 ? null : `there again: ${back.join(', ')}`);
}

/** A door shows what all the others did. */
export async function checkScreen(cli: CommandLine, door: string, page: Page, check: Check): Promise<void> {
  const states = await rowsOf<{ state: string }>(cli, ['status'], check);
  const signedIn = states.filter(({ state }) => state === 'signed_in').length;
  const facts = `${states.length} connections · ${signedIn} signed in`;
  await page.reload();
  await goTo(page, 'Connections');
  const shown = page.getByText(facts).waitFor({ timeout: 20_000 });
  check(
    `the ${door} door shows all of it`,
    await shown.then(
      () => null,
      async () =>
        `not "${facts}" but "${(await page.getByText(/\d+ connections ·/).allInnerTexts()).join()}"`,
    ),
  );
}

/** The rows that a command prints; none where it failed, which is a failure of the run. */
async function rowsOf<T>(cli: CommandLine, words: readonly string[], check: Check): Promise<T[]> {
  const { code, value } = await cli.json(words);
  check(`latchkey ${words.join(' ')}`, code === 0 ? null : JSON.stringify(value));
  return code === 0 ? (value as T[]) : [];
}

/** Resident memory in KiB; null when there is no such process. */
export async function rssOf(pid: number): Promise<number | null> {
  try {
    const found = /^VmRSS:\s+(\d+) kB$/mu.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
    return found === undefined ? null : Number(found);
  } catch {
    return null;
  }
}

export function mebibytes(kibibytes: number): number {
  return Math.round(kibibytes / 1024);
}
