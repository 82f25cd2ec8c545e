import type { Command } from 'commander';

/**
 * An option that stands before the command it is of: `--json status`, `system-user --json record`. Commands take options
 * only after their names.
 * @returns how it is to be written; null where no option stands so
 */
export function earlyOption(program: Command, argv: readonly string[]): string | null {
  const at = argv.findIndex((word) => word.startsWith('-'));
  const option = argv[at]?.split('=')[0];
  let group: Command | undefined = program;
  for (const word of argv.slice(0, Math.max(at, 0)))
    group = group?.commands.find((command) => command.name() === word);
  if (option === undefined || group === undefined || group.commands.length === 0) return null;
  const commands = group.commands.flatMap((command) => [command, ...command.commands]);
  if (!commands.some(({ options }) => options.some(({ long }) => long === option))) return null;
  const names = argv.slice(0, at).map((word) => `${word} `);
  return `Options follow the command: latchkey ${names.join('')}COMMAND ${option}.`;
}
