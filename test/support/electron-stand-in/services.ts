import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';

type RequestRule = (
  details: Electron.OnBeforeRequestListenerDetails,
  answer: (response: { cancel?: boolean }) => void,
) => void;

export const protocolHandlers = new Map<string, Parameters<Electron.Protocol['handle']>[1]>();
export const requestRules: RequestRule[] = [];
export const ipcMain = new EventEmitter();
export const powerMonitor = new EventEmitter();
export const privileges: Electron.CustomScheme[] = [];

export const protocol: Pick<Electron.Protocol, 'registerSchemesAsPrivileged' | 'handle'> = {
  registerSchemesAsPrivileged: (schemes) => void privileges.push(...schemes),
  handle: (scheme, answer) => void protocolHandlers.set(scheme, answer),
};

type Handlers = Pick<
  Electron.Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
>;
/** The handlers that a session was given, for tests to ask: Chromium's own prompts are not connected to them. */
export const given: { [Name in keyof Handlers]?: Parameters<Handlers[Name]>[0] } = {};

const defaultSession: Handlers & { webRequest: { onBeforeRequest(rule: RequestRule): void } } = {
  webRequest: { onBeforeRequest: (rule) => void requestRules.push(rule) },
  setPermissionRequestHandler: (handler) => void (given.setPermissionRequestHandler = handler),
  setPermissionCheckHandler: (handler) => void (given.setPermissionCheckHandler = handler),
  setDevicePermissionHandler: (handler) => void (given.setDevicePermissionHandler = handler),
  setDisplayMediaRequestHandler: (handler) => void (given.setDisplayMediaRequestHandler = handler),
};
export const session = { defaultSession };

/** Tests put their own in its place, as they do on Electron. */
export const shell: Pick<Electron.Shell, 'openExternal'> = {
  openExternal: () => Promise.reject(new Error('The stand-in opens nothing.')),
};
/** What Electron shows a dialog for once it is ready; before, it writes to stderr. */
let show = 'stderr';
export const becomeReady = (): void => void (show = 'dialog');
export const dialog: Pick<Electron.Dialog, 'showErrorBox'> = {
  showErrorBox: (title, content) => void process.stderr.write(`${show}: ${title}: ${content}\n`),
};
export const nativeTheme: Pick<Electron.NativeTheme, 'themeSource' | 'shouldUseDarkColors'> = {
  themeSource: 'system',
  shouldUseDarkColors: false,
};
const display = { workArea: { x: 0, y: 0, width: 1600, height: 1000 } } as Electron.Display;
export const screen: Pick<Electron.Screen, 'getPrimaryDisplay' | 'getDisplayMatching'> = {
  getPrimaryDisplay: () => display,
  getDisplayMatching: () => display,
};

let applicationMenu: unknown = null;
export const Menu = {
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => ({ items: template }),
  setApplicationMenu: (menu: unknown) => (applicationMenu = menu),
  getApplicationMenu: () => applicationMenu,
};

/** What was shown. */
export const notifications: Electron.NotificationConstructorOptions[] = [];
export class Notification extends EventEmitter {
  readonly #options: Electron.NotificationConstructorOptions;
  constructor(options: Electron.NotificationConstructorOptions) {
    super();
    this.#options = options;
  }
  show(): void {
    notifications.push(this.#options);
  }
}

/** Gives a child of Node the `process.parentPort` that a utility process has. */
const parentPort = `data:text/javascript,${encodeURIComponent(`process.parentPort = {
  on: (name, listener) => process.on(name, (data) => listener({ data })),
  postMessage: (message) => process.send(message),
};`)}`;

export const utilityProcess = {
  fork(file: string, words: string[], { env }: { env: NodeJS.ProcessEnv }) {
    const execArgv = ['--import', parentPort];
    const child = fork(file, words, {
      env,
      execArgv,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    return Object.assign(child, { postMessage: (message: object) => child.send(message) });
  },
};
