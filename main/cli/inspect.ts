import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type Result, ok } from '../../preload/errors.ts';
import { systemClock } from '../clock.ts';
import type { InspectionRequest } from '../tokens/inspect.ts';
import type { Inspection } from '../tokens/verdict.ts';
import { type CommonOptions, type Context, badInput, openConsole, withCommonOptions } from './context.ts';
import { forTerminal } from './for-terminal.ts';
import { printFailure, printJson } from './output.ts';
import { typedName } from '../connections/typed-name.ts';

interface InspectOptions extends CommonOptions {
  connection?: string;
  jwks?: string;
  audience?: string;
  issuer?: string;
}

const checkedAndFoundWanting = 7;

/** `latchkey inspect [TOKEN|-]`: decodes and verifies without a network; exit 7 where the token is not valid. */
export function declareInspect(program: Command, context: Context): void {
  withCommonOptions(
    program
      .command('inspect [token]')
      .description('decode and verify a token without a network (- reads it from stdin)'),
  )
    .option('--connection <name>', "inspect this connection's token, or verify with its keys")
    .option('--jwks <file>', 'verify with the keys in this file')
    .option('--audience <audience>', 'the audience the token must be for')
    .option('--issuer <issuer>', 'the issuer the token must be from')
    .action(async (token: string | undefined, options: InspectOptions) => {
      context.exitCode = await inspect(context, token, options);
    });
}

async function inspect(
  context: Context,
  token: string | undefined,
  options: InspectOptions,
): Promise<number> {
  const { terminal } = context;
  const request = await inspectionRequest(context, token, options);
  if (!request.ok) return printFailure(terminal, request.error, options);
  const { inspectToken } = await import('../tokens/inspect.ts');
  const inspection = await inspectToken(request.value);
  if (options.json) await printJson(terminal, inspection);
  else await terminal.out(describe(inspection));
  return inspection.verdict.code === 'valid' ? 0 : checkedAndFoundWanting;
}

async function inspectionRequest(
  context: Context,
  token: string | undefined,
  options: InspectOptions,
): Promise<Result<InspectionRequest>> {
  const { terminal } = context;
  const expectations = {
    ...(options.audience !== undefined && { audience: options.audience }),
    ...(options.issuer !== undefined && { issuer: options.issuer }),
  };
  let text = token === '-' ? await terminal.readStdin() : token;
  let keys: InspectionRequest['keys'] = null;
  let keysFetchedAt: number | null = null;
  if (options.jwks !== undefined) {
    const read = await keysFromFile(options.jwks);
    if (!read.ok) return read;
    for (const warning of read.value.warnings) terminal.note(warning);
    keys = { keys: read.value.keySet.keys };
  }
  if (options.connection !== undefined) {
    const console = await openConsole(context, options);
    if (!console.ok) return console;
    const found = console.value.connections.find(options.connection);
    if (!found.ok) return found;
    if (text === undefined) {
      const stored = await console.value.sessions.stored(found.value);
      if (!stored.ok) return stored;
      if (!stored.value?.accessToken) {
        return {
          ok: false,
          error: {
            code: 'sign_in_needed',
            message: `${found.value.name} has no token to inspect.`,
            hint: `Sign in with: latchkey login ${typedName(found.value)}`,
          },
        };
      }
      text = stored.value.accessToken;
    }
    if (keys === null) {
      const { storedKeys } = await import('../sessions/keys.ts');
      const kept = await storedKeys(console.value.home, found.value.id);
      if (kept !== null) {
        keys = { keys: kept.keys };
        keysFetchedAt = kept.fetchedAt;
      }
    }
  }
  if (text === undefined || text.trim() === '') {
    return badInput(
      'There is no token to inspect.',
      'Give the token, - to read it from stdin, or --connection NAME.',
    );
  }
  return ok({
    token: text,
    keys,
    ...(keysFetchedAt !== null && { keysFetchedAt }),
    clock: systemClock,
    ...expectations,
  });
}

async function keysFromFile(file: string) {
  const { parseJwks } = await import('../tokens/jwks-cache.ts');
  let document: string;
  try {
    document = await readFile(file, 'utf8');
  } catch (error) {
    return badInput(
      `The key file cannot be read: ${(error as Error).message}`,
      'Check the path given with --jwks.',
    );
  }
  return parseJwks(document, { from: 'file', source: file, fetchedAt: null });
}

/** For people: the verdict first, then when, then what is in it. */
function describe(inspection: Inspection): string {
  const { verdict, times, header, claims, signature, warnings } = inspection;
  const lines = [`${verdict.code.toUpperCase().replaceAll('_', ' ')}: ${verdict.message}`, ''];
  const facts: [string, string | number | null][] = [
    ['kind', inspection.kind],
    ['signature', `${signature.status}${signature.kid === null ? '' : ` (key ${signature.kid})`}`],
    ['issued', times.issuedAt],
    ['not before', times.notBefore],
    ['expires', times.expiresAt],
    ['now', times.now],
  ];
  for (const [name, value] of facts) if (value !== null) lines.push(`${name.padEnd(12)}${value}`);
  if (header !== null) lines.push('', `header  ${JSON.stringify(header, null, 2)}`);
  if (claims !== null) lines.push('', `claims  ${JSON.stringify(claims, null, 2)}`);
  for (const warning of warnings) lines.push('', `note: ${warning}`);
  return `${lines.map((line) => line.split('\n').map(forTerminal).join('\n')).join('\n')}\n`;
}
