import { EventEmitter } from 'node:events';
import type { App } from 'electron';
import { expect, test } from 'vitest';
import { quitGently } from '../../../main/desktop/quit.ts';

/** An app that ends when nobody prevents it. */
function appOf(): { app: App; ended: Promise<void>; hasEnded: () => boolean } {
  const { promise: ended, resolve } = Promise.withResolvers<undefined>();
  let over = false;
  const events = Object.assign(new EventEmitter(), {
    quit() {
      const event = { prevented: false, preventDefault: () => (event.prevented = true) };
      events.emit('will-quit', event);
      if (event.prevented) return;
      over = true;
      resolve(undefined);
    },
  });
  return { app: events as unknown as App, ended: ended.then(() => undefined), hasEnded: () => over };
}

test('the program ends when what was under way is done, and not before', async () => {
  const { app, ended, hasEnded } = appOf();
  const { promise: written, resolve } = Promise.withResolvers<undefined>();
  quitGently(app, () => written.then(() => undefined), 60_000);
  app.quit();
  app.quit();
  await Promise.resolve();
  expect(hasEnded()).toBe(false);
  resolve(undefined);
  await ended;
});

test('the program ends also when something fails, or hangs', async () => {
  const failing = appOf();
  quitGently(failing.app, () => Promise.reject(new Error('no')), 60_000);
  failing.app.quit();
  await failing.ended;
  const hanging = appOf();
  quitGently(hanging.app, () => new Promise(() => undefined), 1);
  hanging.app.quit();
  await hanging.ended;
});
