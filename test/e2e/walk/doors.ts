import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type ElectronApplication, type Page, _electron } from 'playwright';
import { openScreen, startDoor } from '../console/door.ts';
import { newHome, program, startDesktop } from '../desktop/desktop.ts';

/** A door with a screen, as the walk sees it. */
export interface WalkedDoor {
  readonly page: Page;
  /** Does what starts a sign-in, and opens the address that this door gives away, in the person's browser. */
  signInPage(press: () => Promise<void>): Promise<Page>;
  /** Ends it; its exit code where it has one. */
  stop(): Promise<number | null>;
}

export interface DoorKind {
  readonly name: string;
  /** Why it cannot run here; null where it can. */
  readonly missing: string | null;
  open(browser: Browser, keychain: Readonly<Record<string, string>>): Promise<WalkedDoor>;
}

/** A packaged console to be driven instead of the built one (`npm run package -- --for-tests`): its executable. */
const packaged = process.env.LATCHKEY_PACKAGED;

/** Electron's executable: the one named, or the one that is installed; null where there is none. */
export function findElectron(): string | null {
  if (packaged !== undefined) return path.resolve(packaged);
  const folder = path.resolve(import.meta.dirname, '../../../node_modules/electron');
  const name = path.join(folder, 'path.txt');
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(folder, 'dist');
  const file = path.join(dist, existsSync(name) ? readFileSync(name, 'utf8') : 'electron');
  return existsSync(file) ? file : null;
}

/** Starts the built desktop door, or the packaged one, on Electron itself. */
export async function launchElectron(env: Readonly<Record<string, string>>): Promise<ElectronApplication> {
  const headless = process.platform === 'linux' && process.env.DISPLAY === undefined;
  return _electron.launch({
    executablePath: findElectron() ?? '',
    args: [
      ...(packaged === undefined ? [program] : []),
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), // Chromium's sandbox refuses to run as root
      ...(headless ? ['--ozone-platform=headless'] : []),
    ],
    env: { PATH: process.env.PATH ?? '', ...env, LATCHKEY_HOME: await newHome() },
  });
}

/** Why the doors that need no Electron do not run: theirs is Linux, and with a packaged console only that is tried. */
const otherDoors =
  packaged !== undefined
    ? 'a packaged console is tried'
    : process.platform === 'linux'
      ? null
      : "Debian's Chromium and signals are missing";

const browserDoor: DoorKind = {
  name: 'browser door',
  missing: otherDoors,
  async open(browser, keychain) {
    const door = await startDoor(keychain);
    const { page, context } = await openScreen(browser, door.url);
    return {
      page,
      async signInPage(press) {
        await press();
        const opened = context.waitForEvent('page');
        await page.getByRole('dialog').getByRole('link', { name: 'Open the sign-in page' }).click();
        return opened;
      },
      stop: async () => {
        await context.close();
        return door.stop();
      },
    };
  },
};

const standIn: DoorKind = {
  name: 'desktop on the stand-in',
  missing: otherDoors,
  async open(browser, keychain) {
    const desktop = await startDesktop(keychain, await newHome());
    await desktop.evaluate(({ shell, app }) => {
      shell.openExternal = (url) => {
        app.emit('opened', url);
        return Promise.resolve();
      };
    }, null);
    return {
      page: desktop.page,
      async signInPage(press) {
        const address = desktop.evaluate(
          ({ app }) => new Promise<string>((resolve) => app.once('opened', (url: string) => resolve(url))),
          null,
        );
        await press();
        const tab = await browser.newPage();
        await tab.goto(await address);
        return tab;
      },
      stop: () => desktop.stop(),
    };
  },
};

const electron: DoorKind = {
  name: 'desktop on Electron',
  missing: findElectron() === null ? 'no Electron runtime is installed' : null,
  async open(browser, keychain) {
    const app = await launchElectron(keychain);
    await app.evaluate(({ shell, app: emitter }) => {
      shell.openExternal = (url) => {
        emitter.emit('latchkey-opened', url);
        return Promise.resolve();
      };
    });
    const page = await app.firstWindow();
    return {
      page,
      async signInPage(press) {
        const address = app.evaluate(
          ({ app: emitter }) =>
            new Promise<string>((resolve) =>
              (emitter as NodeJS.EventEmitter).once('latchkey-opened', resolve),
            ),
        );
        await press();
        const tab = await browser.newPage();
        await tab.goto(await address);
        return tab;
      },
      stop: async () => {
        const ended = new Promise<number | null>((resolve) => app.process().once('exit', resolve));
        await app.close();
        return ended;
      },
    };
  },
};

/** Every door with a screen. What can run here runs the same walk. */
export const doorKinds: readonly DoorKind[] = [browserDoor, standIn, electron];
