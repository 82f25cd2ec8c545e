import type { Command } from 'commander';
import type { Failure } from '../../preload/errors.ts';

/**
 * An option that stands where the value of another one should: `--client-id --vault file` would make `--vault` the client
 * id, and the rest something else than was meant. A value that really begins so is written `--client-id=--vault`.
 * @returns what to tell the person; null where all is well
 */
export function eatenOption(program: Command, argv: readonly string[]): Failure | null {
  const commands = [program, ...program.commands, ...program.commands.flatMap((group) => group.commands)];
  const options = commands.flatMap((command) => command.options);
  const takesValue = new Set(options.filter(({ required }) => required).map(({ long }) => long));
  const all = new Set([...options.map(({ long }) => long), '--help']);
  for (const [at, word] of argv.entries()) {
    if (word === '--') return null;
    const next = argv[at + 1];
    if (!takesValue.has(word) || next === undefined || !all.has(next)) continue;
    return {
      code: 'input_invalid',
      message: `The option ${word} has no value: ${next} is another option.`,
      hint: `Give the value after ${word}, or write ${word}=${next} if that is the value.`,
    };
  }
  return null;
}
