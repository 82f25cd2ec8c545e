import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserWindow, SaveDialogReturnValue } from 'electron';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ReadyExport } from '../../../main/console/export-lists.ts';
import { saveExport } from '../../../main/desktop/save-export.ts';
import { ok } from '../../../preload/errors.ts';

let folder = '';
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'latchkey-save-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const ready: ReadyExport = {
  fileName: 'latchkey-users-2026-11-22.csv',
  format: 'csv',
  rows: 1,
  content: async function* () {
    yield await Promise.resolve(ok(Buffer.from('a\r\n')));
  },
};
const call = { signal: new AbortController().signal, progress: () => undefined };

const window = {} as unknown as BrowserWindow;

/** An export that a person answers the system's dialog for. */
function answered(answer: SaveDialogReturnValue, asked: unknown[] = []): ReturnType<typeof saveExport> {
  const showSaveDialog = (...given: unknown[]): Promise<SaveDialogReturnValue> => {
    asked.push(given.at(-1));
    return Promise.resolve(answer);
  };
  return saveExport({ showSaveDialog }, () => window);
}

test('the file goes where the person said, under a name that is proposed and no path of the page', async () => {
  const asked: unknown[] = [];
  const file = path.join(folder, 'mine.csv');
  const saved = await answered({ canceled: false, filePath: file }, asked)(ready, call);
  expect(saved).toMatchObject({ ok: true, value: { kind: 'saved', path: file, bytes: 3 } });
  expect(await readFile(file, 'utf8')).toBe('a\r\n');
  expect(path.basename((asked[0] as { defaultPath: string }).defaultPath)).toBe(ready.fileName);
});

test('without a yes nothing is written, and what was there stays', async () => {
  const file = path.join(folder, 'mine.csv');
  await writeFile(file, 'of yesterday');
  for (const answer of [
    { canceled: true, filePath: file },
    { canceled: false, filePath: '' },
  ])
    expect(await answered(answer)(ready, call)).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  expect(await readdir(folder)).toEqual(['mine.csv']);
  expect(await readFile(file, 'utf8')).toBe('of yesterday');
});
