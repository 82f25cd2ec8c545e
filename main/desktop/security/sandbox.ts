import type { App } from 'electron';

/**
 * The attack: a hole in Chromium gives the page's code the rights of its process.
 * The rule: every renderer process is sandboxed by the operating system, also one that somebody adds later and forgets to
 * say it for.
 * https://www.electronjs.org/docs/latest/tutorial/security#4-enable-process-sandboxing
 *
 * Must be called before the app is ready.
 */
export function sandboxEverything(app: Pick<App, 'enableSandbox'>): void {
  app.enableSandbox();
}
