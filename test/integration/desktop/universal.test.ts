import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { listPackage } from '@electron/asar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { macStandIn } from '../../support/mac-stand-in.ts';

// The app for macOS is two packages that electron-builder puts together, which it refuses where their files differ. Here
// they are made on a skeleton of Electron.app, with stand-ins for Apple's tools.

const root = path.resolve(import.meta.dirname, '../../..');
/** Nine fuses, all off, as @electron/fuses finds them. */
const fuses = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\u0001\u0009000000000');

let folder: string;
let contents: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'latchkey-universal-'));
  const output = path.join(folder, 'output');
  const { config, env } = await macStandIn(path.join(folder, 'mac'), root, output, fuses);
  const builder = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
  const words = [builder, '--mac', 'dir', '--universal', `--config=${config}`, '--publish', 'never'];
  await promisify(execFile)(process.execPath, words, { cwd: root, env });
  contents = path.join(output, 'mac-universal', 'Latchkey.app', 'Contents');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the halves become one app, with keytar for both processors', () => {
  const archive = path.join(contents, 'Resources', 'app.asar');
  const binaries = listPackage(archive, { isPack: true }).filter((file) => file.endsWith('.node'));
  expect(binaries.sort()).toEqual([
    'unpack : /node_modules/keytar/prebuilds/darwin-arm64/keytar.node',
    'unpack : /node_modules/keytar/prebuilds/darwin-x64/keytar.node',
  ]);
});

test('the fuses are burnt for both, and macOS is told what the archive must be', async () => {
  const framework = path.join(contents, 'Frameworks', 'Electron Framework.framework', 'Electron Framework');
  const wires = (await readFile(framework, 'latin1')).match(/sX\u0001\u0009[01]{9}/g);
  expect(wires).toEqual(Array(2).fill('sX\u0001\u0009010011001'));
  expect(await readFile(path.join(contents, 'Info.plist'), 'utf8')).toMatch(
    /<key>ElectronAsarIntegrity<\/key>\s*<dict>\s*<key>Resources\/app.asar<\/key>[^]*?<string>[\da-f]{64}</,
  );
});
