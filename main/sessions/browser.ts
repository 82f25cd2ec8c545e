import { spawn } from 'node:child_process';
import { type Failure, type Result, ok } from '../../preload/errors.ts';
import { checkEndpointUrl } from '../http/endpoint-url.ts';

export interface BrowserParts {
  /** Read for LATCHKEY_BROWSER, BROWSER, DISPLAY, WAYLAND_DISPLAY and SystemRoot; handed on to the browser. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** A program that is still running by then has opened the page: some stay as long as the browser does. */
const settledMs = 3_000;

/**
 * Opens `url` (https, or http to a loopback host) in the user's own browser (RFC 8252 8.12), as one argument of a
 * program and never through a shell. Resolves when the program was started and did not fail at once.
 * Errors: input_invalid for another address; browser_unavailable.
 */
export async function openInBrowser(url: string, parts: BrowserParts): Promise<Result<void>> {
  const checked = checkEndpointUrl(url.replace(/#.*$/s, ''), 'The address to open');
  if (!checked.ok) return checked;
  // Written anew by the URL parser: no space, quote or control character of the given text is left.
  const { href } = new URL(url);
  const commands = browserCommands(parts);
  if (commands.length === 0) {
    return unavailable('This computer has no display to open a browser on.');
  }
  let problem = '';
  for (const command of commands) {
    const outcome = await run(withUrl(command, href), parts);
    if (outcome === null) return ok(undefined);
    problem = outcome;
  }
  return unavailable(`No browser could be opened: ${problem}.`);
}

/**
 * The programs to try, each with its arguments; `%s` in one stands for the address, which else comes last.
 * LATCHKEY_BROWSER is one command; BROWSER is one, or on Unix a list with colons in between, as other tools read it.
 * Parts are separated by spaces; one with spaces stands in double quotes. Empty: nothing can show a page.
 */
export function browserCommands({ env, platform }: BrowserParts): readonly (readonly string[])[] {
  const own = split(env.LATCHKEY_BROWSER ?? '');
  if (own.length > 0) return [own];
  const shared = (env.BROWSER ?? '').split(platform === 'win32' ? '\n' : ':').map(split);
  const named = shared.filter((command) => command.length > 0);
  if (named.length > 0) return named;
  // Full paths where they are known: Windows looks into the current folder first.
  if (platform === 'darwin') return [['/usr/bin/open']];
  if (platform === 'win32') {
    const system = `${env.SystemRoot ?? 'C:\\Windows'}\\System32`;
    return [[`${system}\\rundll32.exe`, `${system}\\url.dll,FileProtocolHandler`]];
  }
  return env.DISPLAY || env.WAYLAND_DISPLAY ? [['xdg-open']] : [];
}

function split(command: string): readonly string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

function withUrl(command: readonly string[], href: string): readonly string[] {
  const [program = '', ...given] = command;
  const filled = given.map((part) => part.replaceAll('%s', () => href));
  return [program, ...filled, ...(given.some((part) => part.includes('%s')) ? [] : [href])];
}

/** Null when it opened, else what went wrong. */
function run([program = '', ...given]: readonly string[], { env }: BrowserParts): Promise<string | null> {
  return new Promise((resolve) => {
    // A group of its own: Ctrl-C in the terminal ends the command and not the browser.
    const child = spawn(program, given, {
      env: { ...env },
      stdio: 'ignore',
      detached: true,
      windowsHide: true,
    });
    const timer = setTimeout(() => resolve(null), settledMs);
    const settle = (outcome: string | null): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    child.once('error', (error: NodeJS.ErrnoException) =>
      settle(error.code === 'ENOENT' ? `${program} was not found` : `${program} could not be started`),
    );
    child.once('exit', (code) =>
      settle(code === 0 ? null : `${program} failed (${String(code ?? 'ended')})`),
    );
    child.unref();
  });
}

function unavailable(message: string): { readonly ok: false; readonly error: Failure } {
  return {
    ok: false,
    error: {
      code: 'browser_unavailable',
      message,
      hint: 'Open the address by hand (--no-browser prints it), or name a program in LATCHKEY_BROWSER.',
    },
  };
}
