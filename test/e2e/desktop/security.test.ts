import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestBus, startBus } from '../../support/keyring.ts';
import { type Desktop, newHome, removeHomes, startAndEnd, startDesktop } from './desktop.ts';

// The rules of main/desktop/security as they hold in the built program, on the stand-in: Chromium's own part (policies,
// worlds) is real, Electron's part (its sandbox, its prompts) is asked for what it was told.

let bus: TestBus;
let desktop: Desktop;

beforeAll(async () => {
  bus = await startBus();
  desktop = await startDesktop({ ...bus.env, STAND_IN_PACKAGED: '1' }, await newHome());
});

afterAll(async () => {
  expect(await desktop.stop()).toBe(0);
  await bus.stop();
  await removeHomes();
});

/** Runs script in the page as an attacker's would, and says how it ended. */
function attack(script: string): Promise<string> {
  return desktop.page.evaluate(script);
}

test('before the app is ready, every renderer is sandboxed and the scheme has the two rights it needs', async () => {
  expect(await desktop.evaluate(({ app }) => app.sandboxed, null)).toBe(true);
  const privileges = await desktop.evaluate((electron) => electron.privileges, null);
  expect(privileges).toEqual([
    {
      scheme: 'app',
      privileges: expect.objectContaining({ standard: true, secure: true, bypassCSP: false }) as object,
    },
  ]);
});

test('a console without its sandbox says so in a dialog and ends', async () => {
  const { code, said } = await startAndEnd({ STAND_IN_PACKAGED: '1' }, await newHome(), '--no-sandbox');
  expect(said).toContain('dialog: Latchkey does not start without its sandbox');
  expect(code).toBe(1);
});

test('the one window has the preferences of a build for people', async () => {
  const preferences = await desktop.evaluate(
    ({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => window.webContents.getLastWebPreferences()),
    null,
  );
  expect(preferences).toMatchObject([
    {
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      devTools: false,
      spellcheck: false,
    },
  ]);
  expect(preferences[0]).not.toHaveProperty('enableBlinkFeatures');
});

test('the menu of a build for people opens no developer tools', async () => {
  const menu = await desktop.evaluate(({ Menu }) => JSON.stringify(Menu.getApplicationMenu()), null);
  expect(menu).toContain('editMenu');
  expect(menu).not.toMatch(/DevTools|reload/i);
});

test('the page has two functions of ours that cannot be replaced, and nothing of Node or Electron', async () => {
  expect(
    await attack(`JSON.stringify({
      names: Object.keys(latchkey).sort(),
      frozen: Object.isFrozen(latchkey),
      kept: (() => { try { latchkey = null; } catch {} return typeof latchkey; })(),
      node: [typeof require, typeof process, typeof module, typeof Buffer, typeof global, typeof electron],
    })`),
  ).toBe(
    JSON.stringify({
      names: ['listen', 'send'],
      frozen: true,
      kept: 'object',
      node: Array(6).fill('undefined'),
    }),
  );
});

test('no script runs that is not a file of ours', async () => {
  const tried = `(async () => {
    // In a task of its own: what DevTools runs themselves may use eval.
    await new Promise((resolve) => setTimeout(resolve));
    const done = [];
    const element = document.createElement('script');
    try { element.textContent = 'window.ran = 1'; document.head.append(element); } catch { done.push('text'); }
    try { (0, eval)('window.ran = 1'); } catch { done.push('eval'); }
    try { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.ran = 1">'); } catch { done.push('markup'); }
    const remote = document.createElement('script');
    try { remote.src = 'https://vendor.example/a.js'; document.head.append(remote); } catch { done.push('source'); }
    return [...done, typeof window.ran].join(' ');
  })()`;
  expect(await attack(tried)).toBe('text eval markup source undefined');
});

test('the page reaches no network, not even this computer', async () => {
  expect(await attack(`fetch('https://vendor.example/').then(() => 'reached', () => 'refused')`)).toBe(
    'refused',
  );
  expect(await attack(`fetch('/index.html').then(() => 'reached', () => 'refused')`)).toBe('refused');
  const socket = `new Promise((resolve) => {
    const socket = new WebSocket('ws://127.0.0.1:9/');
    socket.onerror = () => resolve('refused');
    socket.onopen = () => resolve('reached');
  })`;
  expect(await attack(socket)).toBe('refused');
  const image = `new Promise((resolve) => {
    const image = new Image();
    image.onerror = () => resolve('refused');
    image.onload = () => resolve('reached');
    image.src = 'https://vendor.example/a.png';
  })`;
  expect(await attack(image)).toBe('refused');
});

test('below the policy, requests to anywhere else are cancelled', async () => {
  const cancelled = await desktop.evaluate(
    async ({ requestRules }, urls) => {
      const answers = [];
      for (const url of urls) {
        const details = { url } as Parameters<(typeof requestRules)[number]>[0];
        for (const rule of requestRules) {
          answers.push(
            await new Promise<boolean>((resolve) => rule(details, ({ cancel }) => resolve(cancel === true))),
          );
        }
      }
      return answers;
    },
    [
      'https://vendor.example/',
      'http://127.0.0.1/',
      'file:///etc/passwd',
      'devtools://devtools/',
      'app://other/',
      'app://latchkey/',
    ],
  );
  expect(cancelled).toEqual([true, true, true, true, true, false]);
});

test('the window stays where it is', async () => {
  const before = desktop.page.url();
  for (const goal of ['https://vendor.example/', '/assets/', 'https://other.app.invalid/']) {
    // Listening before it is tried.
    await desktop.evaluate(({ app, BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const tried = new Promise((resolve) => contents?.once('will-frame-navigate', () => resolve(null)));
      Object.assign(app, { tried });
      return null;
    }, null);
    const left = await attack(`void (location.href = '${goal}')`).then(
      () => false,
      () => true, // the page that ran it is gone
    );
    expect(left, goal).toBe(false);
    await desktop.evaluate(({ app }) => (app as unknown as { tried: Promise<null> }).tried, null);
  }
  expect(desktop.page.url()).toBe(before);
  expect(await attack('typeof latchkey')).toBe('object');
});

test('no frame is shown in it', async () => {
  const framed = `new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.src = '/index.html';
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective), { once: true });
    document.body.append(frame);
  })`;
  expect(await attack(framed)).toBe('frame-src');
});

test('no webview is attached, whatever its options', async () => {
  const prevented = await desktop.evaluate(({ BrowserWindow }) => {
    const event = { prevented: false, preventDefault: () => (event.prevented = true) };
    BrowserWindow.getAllWindows()[0]?.webContents.emit('will-attach-webview', event, {}, {});
    return event.prevented;
  }, null);
  expect(prevented).toBe(true);
});

test('no window opens, and no program is started for an address of the page', async () => {
  await desktop.evaluate(({ shell }) => {
    shell.openExternal = () => {
      process.stderr.write('OPENED\n');
      return Promise.resolve();
    };
  }, null);
  for (const goal of [
    'https://vendor.example/',
    'file:///etc/passwd',
    'smb://vendor.example/share',
    'about:blank',
  ])
    await attack(`void window.open('${goal}', '_blank', 'noopener')`);
  await expect
    .poll(() => desktop.said().match(/Only the address of a sign-in/g)?.length ?? 0)
    .toBeGreaterThan(2);
  await expect.poll(() => desktop.page.context().pages().length).toBe(1);
  expect(desktop.said()).not.toContain('OPENED');
});

test('no permission is granted but writing to the clipboard', async () => {
  const granted = await desktop.evaluate(
    ({ given, BrowserWindow }, permissions) => {
      const asked = given.setPermissionRequestHandler;
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as never;
      const answers = new Map<string, boolean>();
      for (const permission of permissions)
        asked?.(contents, permission as never, (yes) => answers.set(permission, yes), {} as never);
      return [...answers];
    },
    [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'usb',
      'openExternal',
      'clipboard-sanitized-write',
    ],
  );
  expect(granted).toHaveLength(7);
  expect(granted.flatMap(([permission, yes]) => (yes ? [permission] : []))).toEqual([
    'clipboard-sanitized-write',
  ]);
});

test('there is one channel, and only the page of the window is heard on it', async () => {
  expect(await desktop.evaluate(({ ipcMain }) => ipcMain.eventNames(), null)).toEqual(['latchkey']);
  await desktop.evaluate(({ ipcMain, BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const sender = window?.webContents;
    const message = { request: 1, method: 'app.info', input: {} };
    ipcMain.emit(
      'latchkey',
      { sender, senderFrame: { url: 'https://vendor.example/', parent: null } },
      message,
    );
    ipcMain.emit('latchkey', { sender, senderFrame: { url: 'app://latchkey/', parent: {} } }, message);
    ipcMain.emit('latchkey', { sender: { id: -1 }, senderFrame: sender?.mainFrame }, message);
    ipcMain.emit('latchkey', { sender, senderFrame: null }, message);
    ipcMain.emit('latchkey', { sender, senderFrame: { url: 'app://other/', parent: null } }, message);
  }, null);
  await expect.poll(() => desktop.said().match(/from elsewhere than the window/g)?.length).toBe(5);
});

test('a message that is none is refused, and the window goes on', async () => {
  await attack(
    `['text', null, 1, { request: 'a' }, { request: -1 }].forEach((message) => latchkey.send(message))`,
  );
  await expect.poll(() => desktop.said().match(/sent something that is no request/g)?.length).toBe(5);
  await desktop.page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Users' }).click();
  await desktop.page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
});
