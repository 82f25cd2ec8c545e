import type { Command } from 'commander';
import { type CommonOptions, type Context, withCommonOptions } from './context.ts';
import { printToken } from './print-token.ts';

/** `latchkey token N`: the access token alone on stdout, renewed first where it ends soon. */
export function declareToken(program: Command, context: Context): void {
  withCommonOptions(program.command('token <name>').description('print the access token')).action(
    async (name: string, options: CommonOptions) => {
      context.exitCode = await printToken(context, name, options);
    },
  );
}
