import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

// What the built desktop door says in so many words; its behaviour is in test/e2e/desktop/security.test.ts.

const out = path.resolve(import.meta.dirname, '../../../out');
const main = readFileSync(path.join(out, 'main', 'desktop.js'), 'utf8');
const preload = readFileSync(path.join(out, 'preload', 'desktop.cjs'), 'utf8');

/** electron-store can open its file in an editor; we never ask it to. */
const withoutStore = main.replace(/async openInEditor\(\)\{[^}]*openPath[^}]*\}/, '');

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

test('only the desktop door and its updater import Electron', () => {
  const importers = readdirSync(path.join(out, 'main')).filter((file) =>
    /from\s*["'`]electron["'`]|\(["'`]electron["'`]\)/.test(
      readFileSync(path.join(out, 'main', file), 'utf8'),
    ),
  );
  expect(importers.map((file) => file.replace(/-.*/, ''))).toEqual(['desktop.js', 'updater']);
});

test('the preload is one file that requires Electron alone', () => {
  expect(readdirSync(path.join(out, 'preload'))).toEqual(['desktop.cjs']);
  expect([...preload.matchAll(/require\((.*?)\)/g)].map(([, name]) => name)).toEqual(['"electron"']);
  expect(preload).not.toMatch(/\bimport\b.*\bfrom\b|process\.|import\(/);
});

test('the preload exposes one object with two functions, on one channel', () => {
  expect(count(preload, /exposeInMainWorld\(/g)).toBe(1);
  expect(preload).toContain('exposeInMainWorld("latchkey"');
  expect(count(preload, /ipcRenderer\./g)).toBe(2);
  expect(preload).not.toMatch(/\.(invoke|sendSync|sendTo|postMessage|sendToHost)\(/);
});

test.each([
  ['call that runs script in the page', /executeJavaScript|insertCSS/],
  ['IPC besides the one wrapper', /\.handleOnce\(|\.handle\((?!.app.,)/],
  ['page from a file or from the network', /loadFile|loadURL\([`'"]https?:/],
  [
    'trust in a certificate that is not trusted',
    /setCertificateVerifyProc|certificate-error|ignore-certificate-errors/,
  ],
  ['switch of the engine', /appendSwitch|appendArgument|enableBlinkFeatures/],
  ['way to open files or folders', /openPath|showItemInFolder/],
  [
    'preference that weakens the page',
    /(sandbox|contextIsolation|webSecurity):!1|(nodeIntegration\w*|webviewTag|allowRunningInsecureContent|experimentalFeatures):!0/,
  ],
  ['remote module', /@electron\/remote|enableRemoteModule/],
])('it has no %s', (_, pattern) => {
  expect(pattern.exec(withoutStore)?.[0]).toBeUndefined();
});

test('the system opens addresses in one place', () => {
  expect(count(main, /openExternal\(/g)).toBe(1);
});
