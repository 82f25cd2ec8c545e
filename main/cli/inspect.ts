import type { Command } from 'commander';
import { type Context, withCommonOptions } from './context.ts';
import type { InspectOptions } from './inspect-run.ts';

/** `latchkey inspect [TOKEN|-]`: decodes and verifies without a network; exit 7 unless every token is valid. */
export function declareInspect(program: Command, context: Context): void {
  withCommonOptions(
    program
      .command('inspect [tokens...]')
      .description(
        'decode and verify tokens without a network: a token, a header, a token response or a curl command (- reads it from stdin)',
      ),
  )
    .option('--connection <name>', "inspect this connection's token, or verify with its keys")
    .option('--token <which>', "which of the connection's tokens: access, id, refresh or all", 'access')
    .option('--jwks <file>', 'verify with the keys in this file: a key set, a key, PEM or certificates')
    .option('--key <file>', 'the same')
    .option('--secret-env <VAR>', 'environment variable with the shared secret of an HS256 token')
    .option('--secret-encoding <how>', 'how that secret is written: text, base64, base64url or hex', 'text')
    .option('--audience <audience>', 'the audience the token must be for')
    .option('--issuer <issuer>', 'the issuer the token must be from')
    .option('--explain', 'say of every claim what it means')
    .option('--compare', 'compare two tokens claim by claim')
    .option('--redacted', 'print a copy for a support ticket, without the token and without people')
    .action(async (tokens: string[], options: InspectOptions) => {
      // jose and the claims' catalogue are loaded when they are needed.
      const { inspect } = await import('./inspect-run.ts');
      context.exitCode = await inspect(context, tokens, options);
    });
}
