import { type Failure, exitCodes } from '../../preload/errors.ts';
import { forTerminal } from './for-terminal.ts';
import { jsonText } from './json-text.ts';
import type { Terminal } from './terminal.ts';

/** How a command prints its result, and which vault it was told to use. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly vault?: string;
  readonly passphraseEnv?: string;
}

/** One JSON value on one line. */
export async function printJson(terminal: Terminal, value: unknown): Promise<void> {
  await terminal.out(`${jsonText(value)}\n`);
}

/**
 * Prints a failure: as `{"error":...}` on stdout with `--json`, else two lines on stderr.
 * @returns the exit code that belongs to it
 */
export async function printFailure(
  terminal: Terminal,
  failure: Failure,
  options: OutputOptions,
): Promise<number> {
  const { code, message } = failure;
  const hint = withVault(failure.hint, options);
  if (options.json) await printJson(terminal, { error: { code, message, hint } });
  else {
    terminal.note(`latchkey: ${forTerminal(message)}`);
    terminal.note(`  ${forTerminal(hint)} (${code})`);
  }
  return exitCodes[code];
}

/** Commands for which it matters where secrets are kept. */
const needsVault =
  /\blatchkey (?:login|token|status|logout|refresh|installations|users|connections (?:add|set|remove)|settings set|system-user \w+)\b[^,;()]*$/;

/** A sentence that ends with a command, made for the vault that this run uses: the next one is to find the same. */
export function withVault(hint: string, { vault, passphraseEnv }: OutputOptions): string {
  if (vault !== 'file' || hint.includes('--vault') || !needsVault.test(hint)) return hint;
  return `${hint} --vault file --passphrase-env ${passphraseEnv ?? 'VAR'}`;
}
