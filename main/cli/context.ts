import type { Command } from 'commander';
import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import { createActivity } from '../activity/activity.ts';
import { systemClock } from '../clock.ts';
import { type Console, createConsole } from '../console.ts';
import { directoryWorker } from '../entry-points.ts';
import { profileFolder } from '../home.ts';
import { deferredHttp } from '../http/deferred.ts';
import { openKeychain } from '../vault/keychain.ts';
import type { Vault } from '../vault/vault.ts';
import { type Terminal, environmentForOthers } from './terminal.ts';

/** Options that go with every command. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly vault?: 'keychain' | 'file';
  readonly passphraseEnv?: string;
}

/** What the parts of the command line share in one run. */
export interface Context {
  readonly terminal: Terminal;
  /** Set by the command that ran. */
  exitCode: number;
  /** Closed when the command has ended. */
  console: Console | null;
}

/** Declares the options that go with every command. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON value on one line')
    .option('--vault <kind>', 'where secrets are kept: keychain or file', 'keychain')
    .option('--passphrase-env <VAR>', 'environment variable with the passphrase of --vault file');
}

/** A passphrase that nothing would be opened with. */
export const passphraseWithoutFile = fail(
  'input_invalid',
  '--passphrase-env goes with --vault file only.',
  'Add --vault file, or leave --passphrase-env out.',
);

/** The vault that the options name. Errors: input_invalid. */
async function openVault(terminal: Terminal, options: CommonOptions, home: string): Promise<Result<Vault>> {
  const kind: string = options.vault ?? 'keychain';
  if (kind !== 'file' && options.passphraseEnv !== undefined) return passphraseWithoutFile;
  if (kind === 'keychain') {
    const limit = Number(terminal.env.LATCHKEY_KEYCHAIN_ITEM_LIMIT);
    return ok(openKeychain(limit > 0 ? { itemLimit: limit } : {}));
  }
  if (kind !== 'file') {
    return fail(
      'input_invalid',
      `There is no vault "${kind}".`,
      'Choose keychain or file; memory only exists in the console.',
    );
  }
  const passphrase = readSecretVariable(
    terminal,
    options.passphraseEnv,
    'The passphrase',
    '--passphrase-env',
  );
  if (!passphrase.ok) return passphrase;
  const { openFileVault } = await import('../vault/file.ts');
  return ok(openFileVault({ path: home, passphrase: passphrase.value }));
}

/** The console of this run: profile folder, vault and network as options and environment say. */
export async function openConsole(context: Context, options: CommonOptions): Promise<Result<Console>> {
  const { terminal } = context;
  const home = profileFolder(terminal.env, terminal.platform);
  const vault = await openVault(terminal, options, home);
  if (!vault.ok) return vault;
  const activity = createActivity();
  const http = deferredHttp(async () => {
    const [{ createHttp }, { networkSettings }] = await Promise.all([
      import('../http/http.ts'),
      import('../console/network-settings.ts'),
    ]);
    return createHttp({
      clock: systemClock,
      env: terminal.env,
      network: networkSettings({ home, vault: vault.value, env: terminal.env }),
      record: (record) => {
        activity.request(record);
        if (terminal.env.LATCHKEY_LOG_REQUESTS) terminal.note(JSON.stringify(record));
      },
    });
  });
  context.console = createConsole({
    home,
    vault: vault.value,
    clock: systemClock,
    http,
    activity,
    env: terminal.env,
    storeForMs: 60_000,
    finishFirst: (work) => terminal.finishFirst(work),
    directoryWorker,
    openBrowser: async (url) => {
      const { openInBrowser } = await import('../sessions/browser.ts');
      return openInBrowser(url, { env: environmentForOthers(terminal), platform: terminal.platform });
    },
  });
  return ok(context.console);
}

/** A secret from a named environment variable: the name stands on the command line, the secret never does. */
export function readSecretVariable(
  terminal: Terminal,
  variable: string | undefined,
  what: string,
  option: string,
): Result<string> {
  if (variable === undefined) {
    return fail(
      'input_invalid',
      `${what} is missing.`,
      `Put it into an environment variable and name that with ${option}.`,
    );
  }
  if (variable === '') {
    return fail(
      'input_invalid',
      `${option} names no variable.`,
      `It takes the NAME of a variable that holds ${what.toLowerCase()}.`,
    );
  }
  const value = terminal.env[variable];
  terminal.secretVariables.add(variable);
  if (value === undefined || value === '') {
    return fail(
      'input_invalid',
      `The environment variable ${variable} is not set or empty.`,
      `${option} takes the NAME of a variable that holds ${what.toLowerCase()}, never the value.`,
    );
  }
  return ok(value);
}

/** A failure of what was typed. */
export function badInput(message: string, hint: string): { readonly ok: false; readonly error: Failure } {
  return { ok: false, error: { code: 'input_invalid', message, hint } };
}
