import type { Page } from 'playwright';
import { goTo } from '../e2e/console/person.ts';
import type { CommandLine } from './cli.ts';
import { type Vendor, addCommand, clientOf } from './connect.ts';

/** Somebody at one door, who does one round of everything at a time. */
export interface Walker {
  readonly door: string;
  /** Connections it added and kept, with the scope it gave each last. */
  readonly kept: Map<string, string>;
  /** How often it did what. */
  readonly done: { renewed: number; listed: number; settings: number };
  /** Lists that were read once more, because the token ended twice within one of their requests (see {@link endedMidway}). */
  again: number;
  /** Throws what did not work as a person at this door would see it. */
  round(count: number): Promise<void>;
}

/** What is there for everybody: the connections that are signed in, and a vendor to add scratch connections of. */
export interface Shared {
  readonly base: readonly string[];
  readonly vendor: Vendor;
}

/**
 * A client renews once for a request. Here a token lives for the seconds between two steps of the sandbox's clock, so
 * that the renewed one may have ended too: the only failure that somebody may answer by trying once more.
 */
export function endedMidway(failure: string): boolean {
  return failure.includes('HTTP 401');
}

/**
 * Somebody at another door signs a scratch connection in and removes it again: who reads its lists just then is told that
 * it is not signed in, which is true.
 */
export function overtaken(failure: string, door: string): boolean {
  const [, owner] = /\bof-([a-z]+)-\d+ is not signed in/.exec(failure) ?? [];
  return owner !== undefined && owner !== door;
}

const nothingDone = (): Walker['done'] => ({ renewed: 0, listed: 0, settings: 0 });

/** A person at the console, in whichever door shows it: renews, reads lists, adds, changes and removes a connection. */
export function pageWalker(door: string, page: Page, { base, vendor }: Shared): Walker {
  const kept = new Map<string, string>();
  const done = nothingDone();
  const client = clientOf(vendor, 'client_credentials');

  async function renew(name: string): Promise<void> {
    await goTo(page, 'Connections');
    await putAway(page);
    await page.getByRole('button', { name: `Renew: ${name}` }).click();
    await said(page, `${name} was renewed.`);
    done.renewed += 1;
  }

  async function read(users: boolean): Promise<void> {
    await goTo(page, users ? 'Users' : 'Installations');
    const lasts = (failure: string): boolean => !endedMidway(failure) && !overtaken(failure, door);
    let failures = await readOnce(users);
    // On a busy machine a list may take longer than a token lives here.
    for (let tries = 1; tries < 4 && failures.length > 0 && !failures.some(lasts); tries += 1) {
      walker.again += 1;
      failures = await readOnce(users);
    }
    failures = failures.filter((failure) => !overtaken(failure, door));
    if (failures.length > 0) throw new Error(`reading lists: ${failures.join(' / ')}`);
    done.listed += 1;
  }

  async function readOnce(users: boolean): Promise<string[]> {
    await page
      .getByRole('button', { name: users ? 'Read users' : 'Read installations' })
      .first()
      .click();
    await page.getByRole('button', { name: 'Stop reading' }).waitFor({ state: 'detached' });
    return page.getByRole('main').getByRole('alert').allInnerTexts();
  }

  async function add(name: string): Promise<void> {
    await goTo(page, 'Connections');
    await page.getByRole('main').getByRole('button', { name: 'Add a connection' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a connection' });
    await dialog.getByRole('button', { name: /^Salto Nebula/ }).click();
    await dialog.getByRole('button', { name: /^A service/ }).click();
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await dialog.getByLabel('Environment').selectOption('sandbox');
    await dialog.getByRole('textbox', { name: 'Issuer' }).fill(vendor.issuer ?? '');
    await dialog.getByRole('textbox', { name: 'API address' }).fill(vendor.apiBase);
    await dialog.getByRole('textbox', { name: 'Client id' }).fill(client.clientId);
    await dialog.getByRole('textbox', { name: 'Client secret' }).fill(client.clientSecret ?? '');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await said(page, `${name} was added.`);
  }

  async function change(name: string, scope: string): Promise<void> {
    const detail = page.getByRole('complementary', { name: `Detail: ${name}` });
    await detail.getByRole('button', { name: 'Change' }).click();
    const dialog = page.getByRole('dialog', { name: `Change ${name}` });
    await dialog.getByRole('textbox', { name: 'Scope' }).fill(scope);
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await said(page, `${name} was changed.`);
  }

  async function remove(name: string): Promise<void> {
    const detail = page.getByRole('complementary', { name: `Detail: ${name}` });
    await detail.getByRole('button', { name: 'Remove' }).click();
    await page
      .getByRole('dialog', { name: `Remove ${name}?` })
      .getByRole('button', { name: 'Remove' })
      .click();
    await said(page, `${name} was removed.`);
  }

  const walker: Walker = {
    door,
    kept,
    done,
    again: 0,
    async round(count) {
      await renew(base[count % base.length] ?? '');
      // Every user of every platform is thousands: now and then.
      await read(count % 8 === 1);
      const name = `of-${door}-${count}`;
      const scope = `scope.of.${door}.${count}`;
      await add(name);
      await change(name, scope);
      if (count % 3 === 0) kept.set(name, scope);
      else await remove(name);
      done.settings += 1;
    },
  };
  return walker;
}

/** Puts the notices of what was done before away: some say the same. */
async function putAway(page: Page): Promise<void> {
  await page
    .locator('.notice')
    .getByRole('button', { name: 'Dismiss' })
    .evaluateAll((all) => {
      for (const one of all) (one as HTMLButtonElement).click();
    });
}

/** Waits for the notice that says so; a failure that stands there instead is thrown. */
async function said(page: Page, text: string): Promise<void> {
  const failure = page.locator('.notice.failure, [role=dialog] [role=alert]');
  await page.locator('.notice').getByText(text).or(failure).first().waitFor();
  if ((await failure.count()) > 0)
    throw new Error(`instead of "${text}": ${await failure.first().innerText()}`);
}

/** Somebody at the command line: a process for each step, and two of them at once where they would collide. */
export function commandLineWalker(
  cli: CommandLine,
  { base, vendor }: Shared,
  users: readonly { readonly connection: string; readonly installation: string }[],
): Walker {
  const door = 'cli';
  const kept = new Map<string, string>();
  const done = nothingDone();
  const client = clientOf(vendor, 'client_credentials');
  async function latchkey(
    words: readonly string[],
    env: Readonly<Record<string, string>> = {},
    again = false,
  ): Promise<void> {
    const { code, out, err } = await cli.run([...words, '--json'], { env });
    if (code !== 0 && again && endedMidway(out + err)) {
      walker.again += 1;
      return latchkey(words, env);
    }
    if (code !== 0) throw new Error(`latchkey ${words.join(' ')}: exit ${code}: ${out}${err}`);
  }
  const walker: Walker = {
    door,
    kept,
    done,
    again: 0,
    async round(count) {
      const connection = base[count % base.length] ?? '';
      await Promise.all([
        latchkey(['refresh', connection]),
        latchkey(['refresh', connection]),
        latchkey(['token', connection]),
      ]);
      done.renewed += 2;
      const list = users[count % users.length];
      await Promise.all([
        latchkey(['status']),
        list === undefined
          ? latchkey(['installations'], {}, true)
          : latchkey(['users', list.connection, list.installation], {}, true),
      ]);
      done.listed += 1;
      const name = `of-${door}-${count}`;
      const scope = `scope.of.${door}.${count}`;
      const { words, env } = addCommand(vendor, client, name);
      await latchkey(words, env);
      if (count % 3 === 0) {
        await latchkey(['connections', 'set', name, '--scope', scope]);
        kept.set(name, scope);
      } else {
        await latchkey(['login', name]);
        await latchkey(['connections', 'remove', name]);
      }
      done.settings += 1;
    },
  };
  return walker;
}
