import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Result } from '../../preload/errors.ts';
import { ok } from '../../preload/errors.ts';
import { profileFolder } from '../home.ts';
import type { Vault, VaultKind } from '../vault/vault.ts';
import { type Context, passphraseWithoutFile, readSecretVariable } from './context.ts';
import { wholeNumber } from './number.ts';
import { printFailure, printJson } from './output.ts';
import { type Terminal, environmentForOthers } from './terminal.ts';

interface ServeOptions {
  port?: number;
  open: boolean;
  idleExit?: number;
  json?: boolean;
  vault: VaultKind;
  passphraseEnv?: string;
}

/** `latchkey serve`: the console in the user's own browser; runs until a signal ends it (exit 0). */
export function declareServe(program: Command, context: Context): void {
  program
    .command('serve')
    .description('show the console in your browser')
    .option('--port <p>', 'the port to use (default: any free one)', wholeNumber(1, 65_535))
    .option('--no-open', 'print the address instead of opening a browser')
    .option('--idle-exit <minutes>', 'end when no tab was open for so long', positive)
    .option('--json', 'print each address as one JSON object on one line')
    .addOption(
      new Option('--vault <kind>', 'where secrets are kept at first')
        .choices(['keychain', 'file', 'memory'])
        .default('keychain'),
    )
    .option('--passphrase-env <VAR>', 'environment variable with the passphrase of --vault file')
    .action(async (options: ServeOptions) => {
      context.exitCode = await run(context.terminal, options);
    });
}

async function run(terminal: Terminal, options: ServeOptions): Promise<number> {
  const home = profileFolder(terminal.env, terminal.platform);
  const vault = await firstVault(terminal, options, home);
  if (!vault.ok) return printFailure(terminal, vault.error, options);
  const { serve } = await import('../browser/serve.ts');
  const { version } = await import('../version.ts');
  let stopListening = (): void => undefined;
  const served = await serve({
    version,
    home,
    env: environmentForOthers(terminal),
    platform: terminal.platform,
    signal: terminal.signal,
    openBrowser: options.open,
    note: (line) => terminal.note(line),
    finishFirst: (work) => terminal.finishFirst(work),
    ...(vault.value && { vault: vault.value }),
    ...(options.port !== undefined && { port: options.port }),
    ...(options.idleExit !== undefined && { idleMs: options.idleExit * 60_000 }),
    address: async (url) => {
      if (options.json) await printJson(terminal, { url });
      else await terminal.out(`${url}\n`);
    },
    onAsked: (again) => {
      terminal.note('Open this address in a browser on this computer. It works once, and for two minutes.');
      terminal.note('Enter prints a new one, Ctrl-C ends the console.');
      stopListening = onEnter(again);
    },
    browserFailed: ({ message }) => terminal.note(`${message} Open the address above yourself.`),
  });
  stopListening();
  return served.ok ? 0 : printFailure(terminal, served.error, options);
}

/** The vault that the options name; null = the keychain, which the door opens in its own way. */
async function firstVault(
  terminal: Terminal,
  { vault, passphraseEnv }: ServeOptions,
  home: string,
): Promise<Result<Vault | null>> {
  if (vault !== 'file' && passphraseEnv !== undefined) return passphraseWithoutFile;
  if (vault === 'keychain') return ok(null);
  if (vault === 'memory') return ok((await import('../vault/memory.ts')).openMemoryVault());
  const passphrase = readSecretVariable(terminal, passphraseEnv, 'The passphrase', '--passphrase-env');
  if (!passphrase.ok) return passphrase;
  const { openFileVault } = await import('../vault/file.ts');
  return ok(openFileVault({ path: home, passphrase: passphrase.value }));
}

/**
 * Calls `asked` for every line on stdin: whoever has the terminal may ask for a new address. Not from a job in the
 * background: the system stops one that reads from its terminal.
 * @returns how to stop listening, so that stdin does not keep the process alive
 */
function onEnter(asked: () => void): () => void {
  const { stdin } = process;
  let over = false;
  const stop = (): void => {
    over = true;
    stdin.off('data', asked);
    stdin.destroy();
  };
  // Whoever gave us stdin may have gone.
  stdin.once('error', stop);
  void mayReadTerminal(stdin.isTTY).then((may) => {
    if (may && !over) stdin.on('data', asked);
  });
  return stop;
}

/** `ps` marks a process of the terminal's foreground group with a plus (POSIX; Windows has no such groups). */
async function mayReadTerminal(isTerminal: boolean): Promise<boolean> {
  if (!isTerminal || process.platform === 'win32') return true;
  const { execFile } = await import('node:child_process');
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'stat=', '-p', String(process.pid)], (error, out) => {
      resolve(error === null && out.includes('+'));
    });
  });
}

function positive(text: string): number {
  const minutes = /^\d{1,5}(?:\.\d{1,6})?$/.test(text) ? Number(text) : NaN;
  if (!(minutes > 0 && minutes <= 10_080)) {
    throw new InvalidArgumentError('A number of minutes is needed, at most 10080 (a week).');
  }
  return minutes;
}
