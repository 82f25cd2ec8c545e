/**
 * `npm run pictures:views`: every view in both themes, full and before anything was added, from the screen with invented
 * data (`renderer/dev`). Look at each afterwards; docs/ui.md shows them.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createServer } from 'vite';
import { openChromium } from '../test/support/browser.ts';

const views = [
  'overview',
  'connections',
  'installations',
  'users',
  'tokens',
  'system-user',
  'activity',
  'settings',
] as const;
const folder = path.resolve(import.meta.dirname, '../docs/pictures/views');
await mkdir(folder, { recursive: true });
const server = await createServer({
  configFile: path.resolve(import.meta.dirname, '../vite.config.ts'),
  server: { host: '127.0.0.1', port: 0, hmr: false },
});
await server.listen();
const { port } = server.httpServer?.address() as { port: number };
const browser = await openChromium();
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme });
    context.setDefaultTimeout(120_000);
    for (const scene of ['full', 'empty'] as const) {
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${port}/dev/index.html?scene=${scene}`);
      for (const view of views) {
        await page.getByRole('navigation', { name: 'Views' }).locator(`a[href="#/${view}"]`).last().click();
        await page.locator('main h1').waitFor();
        await page
          .locator('main [role=status], main [aria-busy=true]')
          .first()
          .waitFor({ state: 'detached' });
        await page.mouse.move(900, 24);
        await page.screenshot({ path: path.join(folder, `${view}-${scene}-${colorScheme}.png`) });
      }
      await page.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
}
