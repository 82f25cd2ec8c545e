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

/**
 * Whether somebody took the sandbox away on the command line. An AppImage's launcher does so by itself where the system
 * lets no program make user namespaces (Ubuntu 24.04 and later); an installed console refuses to run like that.
 * https://www.electronjs.org/docs/latest/tutorial/sandbox#disabling-chromiums-sandbox-testing-only
 */
export function withoutSandbox({
  isPackaged,
  commandLine,
}: Pick<App, 'isPackaged'> & { commandLine: Pick<App['commandLine'], 'hasSwitch'> }): boolean {
  return isPackaged && commandLine.hasSwitch('no-sandbox');
}

/** What a person is told then. */
export const withoutSandboxWords = {
  title: 'Latchkey does not start without its sandbox',
  text:
    'It was started with --no-sandbox, or as an AppImage on a system that does not let it make a sandbox (Ubuntu 24.04 and later). ' +
    'Install the .deb or .rpm package instead: it brings the permission along.',
} as const;
