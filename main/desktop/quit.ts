import type { App } from 'electron';

/**
 * Holds back the end of the program until `finish` is done: a rotated refresh token that was received and not yet stored
 * would be a lost login.
 * @param boundMs after which the program ends all the same, for then something hangs
 */
export function quitGently(app: App, finish: () => Promise<void>, boundMs: number): void {
  let finished = false;
  let finishing = false;
  app.on('will-quit', (event) => {
    if (finished) return;
    event.preventDefault();
    if (finishing) return;
    finishing = true;
    const bound = new Promise<void>((resolve) => setTimeout(resolve, boundMs).unref());
    void Promise.race([finish().catch(() => undefined), bound]).then(() => {
      finished = true;
      app.quit();
    });
  });
}
