import { EventEmitter } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type * as Electron from 'electron';
import { type Chromium, startChromium } from './chromium.ts';
import { becomeReady } from './services.ts';
import { WebContents } from './web-contents.ts';

export * from './services.ts';

/** The Chromium of this app; started with it. */
export const chromium: Promise<Chromium> = startChromium();

const { promise: ready, resolve: run } = Promise.withResolvers<undefined>();
/** To be called when the app's own module has run, as Electron waits for that. */
export const moduleHasRun = (): void => run(undefined);

const windows = new Set<BrowserWindow>();
let quitting = false;

class App extends EventEmitter {
  readonly isPackaged = process.env.STAND_IN_PACKAGED === '1';
  readonly #paths = new Map<string, string>();
  sandboxed = false;
  name = 'Electron';
  readonly setName = (name: string): string => (this.name = name);
  readonly getVersion = (): string => '0.0.0';
  readonly commandLine = { hasSwitch: (name: string) => process.argv.includes(`--${name}`) };
  readonly setAppUserModelId = (): void => undefined;
  enableSandbox(): void {
    this.sandboxed = true;
  }
  setPath(name: string, to: string): void {
    if (!existsSync(to)) throw new Error(`Failed to set path of '${name}'`);
    this.#paths.set(name, to);
  }
  getPath(name: string): string {
    const found = this.#paths.get(name);
    if (found === undefined) throw new Error(`Failed to get '${name}' path`);
    return found;
  }
  whenReady(): Promise<void> {
    return Promise.all([ready, chromium]).then(becomeReady);
  }
  requestSingleInstanceLock(): boolean {
    const lock = path.join(this.getPath('userData'), 'stand-in.lock');
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
    } catch {
      process.kill(Number(readFileSync(lock, 'utf8')), 'SIGUSR2');
      return false;
    }
    process.on('SIGUSR2', () => this.emit('second-instance', {}, [], ''));
    process.on('exit', () => rmSync(lock, { force: true }));
    return true;
  }
  quit(): void {
    this.emit('before-quit', { preventDefault: () => undefined });
    quitting = true;
    for (const window of windows) window.close();
    const event = { prevented: false, preventDefault: () => (event.prevented = true) };
    this.emit('will-quit', event);
    if (!event.prevented) this.exit(0);
  }
  exit(code: number): void {
    void chromium.then((started) => started.close()).finally(() => process.exit(code));
  }
}
export const app = new App();
process.on('SIGTERM', () => app.quit());

/** One window: its place is remembered, its page is Chromium's. */
export class BrowserWindow extends EventEmitter {
  static getAllWindows(): BrowserWindow[] {
    return [...windows];
  }
  static getFocusedWindow(): BrowserWindow | null {
    return [...windows].find((window) => window.#focused) ?? null;
  }
  readonly webContents: WebContents;
  readonly options: Electron.BrowserWindowConstructorOptions;
  #bounds: Electron.Rectangle;
  #maximized = false;
  #focused = false;

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    const { x = 0, y = 0, width = 800, height = 600 } = options;
    this.options = options;
    this.#bounds = { x, y, width, height };
    windows.add(this);
    this.webContents = new WebContents(chromium, options.webPreferences ?? {});
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show'));
    app.emit('web-contents-created', {}, this.webContents);
  }
  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }
  getNormalBounds(): Electron.Rectangle {
    return this.#bounds;
  }
  setBounds(bounds: Electron.Rectangle): void {
    this.#bounds = bounds;
  }
  maximize(): void {
    this.#maximized = true;
  }
  isMaximized(): boolean {
    return this.#maximized;
  }
  readonly isMinimized = (): boolean => false;
  isDestroyed(): boolean {
    return !windows.has(this);
  }
  readonly restore = (): boolean => this.emit('restore');
  readonly show = (): void => this.focus();
  focus(): void {
    this.#focused = true;
    this.emit('focus');
  }
  blur(): void {
    this.#focused = false;
  }
  close(): void {
    this.emit('close', { preventDefault: () => undefined });
    windows.delete(this);
    this.webContents.destroy();
    this.emit('closed');
    if (windows.size === 0 && !quitting) app.emit('window-all-closed');
  }
}
