/** `npm run icon`: the icons of the packages, drawn from renderer/icon.svg by Debian's Chromium. */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { openChromium } from '../test/support/browser.ts';

const root = path.resolve(import.meta.dirname, '..');
const build = path.join(root, 'build');

/** In pixels: what Windows and macOS make their sizes from, and those that Linux desktops look for (hicolor). */
const icons = [
  { side: 1024, file: 'icon.png' },
  ...[16, 32, 48, 64, 128, 256, 512].map((side) => ({ side, file: `icons/${side}x${side}.png` })),
];

const svg = await readFile(path.join(root, 'renderer', 'icon.svg'), 'utf8');
await mkdir(path.join(build, 'icons'), { recursive: true });
const browser = await openChromium();
try {
  for (const { side, file } of icons) {
    const page = await browser.newPage({ viewport: { width: side, height: side } });
    await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw }</style>${svg}`);
    await page.screenshot({ path: path.join(build, file), omitBackground: true });
    await page.close();
  }
} finally {
  await browser.close();
}
