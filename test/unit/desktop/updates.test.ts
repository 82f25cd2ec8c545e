import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { MessageBoxOptions } from 'electron';
import { expect, test } from 'vitest';
import { type Updater, offerUpdate, updateSource } from '../../../main/desktop/updates.ts';

const homepage = 'https://latchkey.example';

test.each([
  { packaged: false, platform: 'win32', appImage: undefined, source: 'source tree' },
  { packaged: true, platform: 'win32', appImage: undefined, source: 'updater' },
  { packaged: true, platform: 'darwin', appImage: undefined, source: 'updater' },
  { packaged: true, platform: 'linux', appImage: undefined, source: 'package manager' },
  { packaged: true, platform: 'linux', appImage: '/home/ana/Latchkey.AppImage', source: 'by hand' },
] as const)('$platform, packaged $packaged, AppImage $appImage: $source', ({ source, ...copy }) => {
  expect(updateSource(copy)).toBe(source);
});

/** A person who answers `answers` in turn, an updater that writes down what it was asked. */
async function offered(
  answers: readonly number[],
  failure?: Error,
): Promise<{ boxes: string[]; did: string[] }> {
  const boxes: string[] = [];
  const did: string[] = [];
  const updater: Updater = {
    autoDownload: true,
    autoInstallOnAppQuit: true,
    allowDowngrade: true,
    checkForUpdates() {
      did.push(`check auto=${updater.autoDownload}${updater.autoInstallOnAppQuit}${updater.allowDowngrade}`);
      return Promise.resolve({ isUpdateAvailable: true, updateInfo: { version: '2.0.0' } });
    },
    downloadUpdate() {
      did.push('download');
      return failure ? Promise.reject(failure) : Promise.resolve();
    },
    quitAndInstall: () => void did.push('install'),
  };
  await offerUpdate({
    source: 'updater',
    version: '1.0.0',
    homepage,
    loadUpdater: () => Promise.resolve(updater),
    ask(box: MessageBoxOptions) {
      boxes.push(`${box.message} ${box.detail ?? ''}`);
      return Promise.resolve({ response: answers[boxes.length - 1] ?? 1 });
    },
  });
  return { boxes, did };
}

const check = 'check auto=falsefalsefalse';

test('nothing is downloaded without a yes', async () => {
  expect((await offered([1])).did).toEqual([check]);
});

test('nothing is installed without a second yes', async () => {
  expect((await offered([0, 1])).did).toEqual([check, 'download']);
});

test('two times yes installs', async () => {
  expect((await offered([0, 0])).did).toEqual([check, 'download', 'install']);
});

test.each(['ERR_UPDATER_INVALID_SIGNATURE', 'ERR_CHECKSUM_MISMATCH'])(
  '%s: nothing is installed, and why is said',
  async (code) => {
    const { boxes, did } = await offered([0, 0], Object.assign(new Error('refused'), { code }));
    expect(did).toEqual([check, 'download']);
    expect(boxes.at(-1)).toMatch(/not updated.*thrown away/s);
  },
);

test.each(['package manager', 'by hand', 'source tree'] as const)(
  '%s: no server is asked',
  async (source) => {
    const boxes: string[] = [];
    await offerUpdate({
      source,
      version: '1.0.0',
      homepage,
      loadUpdater: () => Promise.reject(new Error('must not be loaded')),
      ask(box) {
        boxes.push(box.detail ?? '');
        return Promise.resolve({ response: 0 });
      },
    });
    expect(boxes).toHaveLength(1);
    expect(boxes[0]).not.toContain('must not');
  },
);

test('an update for Windows has to have the signature of the same publisher', () => {
  const file = path.resolve(import.meta.dirname, '../../../electron-builder.yml');
  expect(readFileSync(file, 'utf8')).toMatch(/^win:\n(?: {2}.*\n)* {2}verifyUpdateCodeSignature: true$/m);
});
