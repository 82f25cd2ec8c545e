import { readFile } from 'node:fs/promises';
import { type Result, ok } from '../../preload/errors.ts';
import { systemClock } from '../clock.ts';
import {
  type CheckWith,
  type Inspected,
  type InspectedToken,
  type SessionToken,
  compareInspected,
  connectionCheck,
  inspectPasted,
  inspectSession,
  sessionTokens,
} from '../console/inspect-tokens.ts';
import { profileFolder } from '../home.ts';
import { profileOf } from '../providers/catalogue.ts';
import type { KeysByHand } from '../tokens/key-file.ts';
import { type CommonOptions, type Context, badInput, openConsole, readSecretVariable } from './context.ts';
import { comparisonText, tokenText } from './inspect-output.ts';
import { printFailure, printJson } from './output.ts';
import { paintFor } from './paint.ts';
import type { Terminal } from './terminal.ts';

export interface InspectOptions extends CommonOptions {
  connection?: string;
  token?: string;
  jwks?: string;
  key?: string;
  secretEnv?: string;
  secretEncoding: string;
  audience?: string;
  issuer?: string;
  compare?: boolean;
  explain?: boolean;
  redacted?: boolean;
}

const checkedAndFoundWanting = 7;

/** Inspects what was given, or a connection's own tokens, and prints it. @returns the exit code */
export async function inspect(
  context: Context,
  tokens: readonly string[],
  options: InspectOptions,
): Promise<number> {
  const { terminal } = context;
  const inspected = await inspection(context, tokens, options);
  if (!inspected.ok) return printFailure(terminal, inspected.error, options);
  const { tokens: read, leftOut } = inspected.value;
  if (leftOut > 0) terminal.note(`${leftOut} more tokens were found and left out.`);
  noteExposed(terminal, tokens, read);
  const code = read.every(({ verdict }) => verdict.code === 'valid') ? 0 : checkedAndFoundWanting;
  const style = {
    paint: paintFor(terminal),
    columns: terminal.columns ?? 100,
    explain: options.explain === true,
  };
  if (options.compare) {
    const [first, second] = read;
    const comparison = compareInspected(
      { tokens: first ? [first] : [], leftOut: 0 },
      { tokens: second ? [second] : [], leftOut: 0 },
    );
    if (!comparison.ok || !first || !second) {
      const hint = 'Give two tokens, or both on stdin with: latchkey inspect - --compare';
      return printFailure(terminal, badInput('There are not two tokens to compare.', hint).error, options);
    }
    const { sentence, rows } = comparison.value;
    if (options.json)
      await printJson(terminal, { sentence, before: forScripts(first), after: forScripts(second), rows });
    else await terminal.out(comparisonText(comparison.value, first, second, style));
  } else if (options.redacted) {
    if (options.json)
      await printJson(
        terminal,
        read.map(({ redacted }) => redacted),
      );
    else await terminal.out(`${read.map(({ redacted }) => redacted).join('\n\n')}\n`);
  } else if (options.json) {
    const values = read.map(forScripts);
    await printJson(terminal, values.length === 1 ? values[0] : values);
  } else {
    await terminal.out(read.map((token) => tokenText(token, style)).join('\n'));
  }
  return code;
}

/** What stands on a command line is in the list of processes, and in the history of a person's shell. */
function noteExposed(terminal: Terminal, given: readonly string[], read: readonly InspectedToken[]): void {
  const onCommandLine = given.length > 0 && !given.includes('-');
  if (!onCommandLine || !terminal.interactive || read.every(isUseless)) return;
  terminal.note(
    'A token on the command line stays in the history of your shell, and others on this computer',
  );
  terminal.note('can see it while the command runs: latchkey inspect - reads it from stdin.');
}

/** Whoever has a token like this can do nothing with it. */
function isUseless({ verdict, times }: InspectedToken): boolean {
  return (
    ['malformed', 'algorithm_none', 'signature_wrong'].includes(verdict.code) || (times.secondsLeft ?? 0) < 0
  );
}

/** The shape of `--json`; what a script relies on stands in docs/cli.md. */
function forScripts(token: InspectedToken): object {
  const { label, kind, header, claims, verdict, signature, times, breaks, guesses, warnings } = token;
  const refreshExpiresAt =
    token.refreshExpiresAt === null ? null : new Date(token.refreshExpiresAt).toISOString();
  return {
    label,
    kind,
    header,
    claims,
    verdict,
    signature,
    times: { ...times, refreshExpiresAt },
    breaks,
    guesses,
    warnings,
  };
}

async function inspection(
  context: Context,
  tokens: readonly string[],
  options: InspectOptions,
): Promise<Result<Inspected>> {
  const { terminal } = context;
  const which = whichTokens(options.token ?? 'access');
  if (!which.ok) return which;
  const check = await checkWith(context, options);
  if (!check.ok) return check;
  const text = tokens.includes('-') ? await terminal.readStdin() : tokens.join(' ');
  if (options.connection === undefined) {
    if (text.trim() === '') return nothingGiven;
    // Only the kept keys are read of the profile: no vault is opened for a token that was given.
    const home = profileFolder(terminal.env, terminal.platform);
    return ok(await inspectPasted({ home, clock: systemClock }, text, check.value));
  }
  const console = await openConsole(context, options);
  if (!console.ok) return console;
  const found = console.value.connections.find(options.connection);
  if (!found.ok) return found;
  const connection = await connectionCheck({ ...console.value, profileOf }, found.value);
  if (tokens.length > 0) {
    return text.trim() === ''
      ? nothingGiven
      : ok(await inspectPasted(console.value, text, check.value, connection));
  }
  const stored = await console.value.sessions.stored(found.value);
  if (!stored.ok) return stored;
  return inspectSession(console.value, stored.value, which.value, check.value, connection);
}

const nothingGiven = badInput(
  'There is no token to inspect.',
  'Give the token, - to read it from stdin, or --connection NAME.',
);

function whichTokens(word: string): Result<readonly SessionToken[]> {
  if (word === 'all') return ok(sessionTokens);
  const one = sessionTokens.find((known) => known === word);
  return one === undefined
    ? badInput(`A session has no token "${word}".`, 'Choose access, id, refresh or all.')
    : ok([one]);
}

async function checkWith(context: Context, options: InspectOptions): Promise<Result<CheckWith>> {
  const expected = {
    ...(options.audience !== undefined && { audience: options.audience }),
    ...(options.issuer !== undefined && { issuer: options.issuer }),
  };
  const file = options.jwks ?? options.key;
  if (file !== undefined && options.secretEnv !== undefined) {
    return badInput('A key file and a shared secret were given.', 'Give one of them.');
  }
  const given = file !== undefined ? await keysFromFile(file) : await sharedSecret(context, options);
  if (given === null) return ok(expected);
  if (!given.ok) return given;
  for (const warning of given.value.warnings) context.terminal.note(warning);
  return ok({ ...expected, keys: given.value.keys });
}

async function keysFromFile(file: string): Promise<Result<KeysByHand>> {
  const { readKeyDocument } = await import('../tokens/key-file.ts');
  let document: string;
  try {
    document = await readFile(file, 'utf8');
  } catch (error) {
    return badInput(
      `The key file cannot be read: ${(error as Error).message}`,
      'Check the path given with --jwks or --key.',
    );
  }
  return readKeyDocument(document, file, systemClock.now());
}

async function sharedSecret(
  { terminal }: Context,
  options: InspectOptions,
): Promise<Result<KeysByHand> | null> {
  if (options.secretEnv === undefined) return null;
  const secret = readSecretVariable(terminal, options.secretEnv, 'The shared secret', '--secret-env');
  if (!secret.ok) return secret;
  const { readSharedSecret, secretEncodings } = await import('../tokens/key-file.ts');
  const encoding = secretEncodings.find((known) => known === options.secretEncoding);
  return encoding === undefined
    ? badInput(
        `A secret is not written as "${options.secretEncoding}".`,
        'Choose text, base64, base64url or hex with --secret-encoding.',
      )
    : readSharedSecret(secret.value, encoding);
}
