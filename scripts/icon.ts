/** `npm run icon`: the icon of the packages, drawn from renderer/icon.svg by Debian's Chromium. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openChromium } from '../test/support/browser.ts';

/** What Windows, macOS and Linux make their sizes from, in pixels. */
const side = 1024;

const root = path.resolve(import.meta.dirname, '..');
const svg = await readFile(path.join(root, 'renderer', 'icon.svg'), 'utf8');
const browser = await openChromium();
try {
  const page = await browser.newPage({ viewport: { width: side, height: side } });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw }</style>${svg}`);
  await page.screenshot({ path: path.join(root, 'build', 'icon.png'), omitBackground: true });
} finally {
  await browser.close();
}
