import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openInBrowser } from '../../../main/sessions/browser.ts';

const url = 'https://id.vendor.example/authorize?scope=a%20b&x=$(touch%20oops)&y=`id`;z=%22q%22';

/** A program that writes down the arguments it was started with. */
async function recordingBrowser(): Promise<{ command: string; seen: () => Promise<unknown> }> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-browser-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const script = join(folder, 'browser.mjs');
  const output = join(folder, 'arguments.json');
  await writeFile(
    script,
    `import { writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify(output)}, JSON.stringify(process.argv.slice(2)));`,
  );
  return {
    command: `"${process.execPath}" "${script}"`,
    seen: async () => JSON.parse(await readFile(output, 'utf8')) as unknown,
  };
}

const platform = process.platform;

test('the address arrives as one argument, with nothing in it read by a shell', async () => {
  const browser = await recordingBrowser();
  const env = { ...process.env, LATCHKEY_BROWSER: `${browser.command} --new-window` };
  expect(await openInBrowser(url, { env, platform })).toEqual({ ok: true, value: undefined });
  expect(await browser.seen()).toEqual(['--new-window', url]);
});

test('%s says where the address goes', async () => {
  const browser = await recordingBrowser();
  const env = { ...process.env, LATCHKEY_BROWSER: `${browser.command} --url=%s --private` };
  await openInBrowser('http://127.0.0.1:4100/#first', { env, platform });
  expect(await browser.seen()).toEqual(['--url=http://127.0.0.1:4100/#first', '--private']);
});

test.skipIf(platform === 'win32')('of a list in BROWSER the first that works is taken', async () => {
  const browser = await recordingBrowser();
  const env = { ...process.env, BROWSER: `latchkey-no-such-browser:false:${browser.command}` };
  expect((await openInBrowser(url, { env, platform })).ok).toBe(true);
  expect(await browser.seen()).toEqual([url]);
});

test.each([
  ['latchkey-no-such-browser', 'latchkey-no-such-browser was not found'],
  [`"${process.execPath}" --no-such-option`, 'failed (9)'],
])('the browser %s is browser_unavailable', async (command, words) => {
  const opened = await openInBrowser(url, { env: { ...process.env, LATCHKEY_BROWSER: command }, platform });
  expect(opened).toMatchObject({
    ok: false,
    error: {
      code: 'browser_unavailable',
      message: expect.stringContaining(words) as string,
      hint: expect.stringContaining('--no-browser') as string,
    },
  });
});

test('without a display nothing is started', async () => {
  const opened = await openInBrowser(url, { env: {}, platform: 'linux' });
  expect(opened).toMatchObject({ ok: false, error: { code: 'browser_unavailable' } });
});

test.each([
  'http://id.vendor.example/authorize',
  'file:///etc/passwd',
  'javascript:alert(1)',
  '--help',
  'smb://files.example/share',
])('%s is not opened', async (other) => {
  const browser = await recordingBrowser();
  const env = { ...process.env, LATCHKEY_BROWSER: browser.command };
  expect(await openInBrowser(other, { env, platform })).toMatchObject({
    ok: false,
    error: { code: 'input_invalid' },
  });
  await expect(browser.seen()).rejects.toThrow();
});
