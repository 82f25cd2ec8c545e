import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { listConnections } from '../connections/connections.ts';
import { profileFolder } from '../home.ts';

/** Arguments that are the name of a connection, in the commands' own words. */
const nameArguments = ['name', 'names'];

/**
 * Adds `latchkey completion zsh|bash|fish|powershell`, which prints a script for that shell, and the hidden `complete` that the
 * script asks at every Tab. Must be called after every command was declared. Names of connections come from the settings
 * file; the vault is never opened.
 */
export function declareCompletion(program: Command, env: NodeJS.ProcessEnv): void {
  const root = tab(program, { completionCommandName: 'completion' });
  for (const command of root.commands.values()) {
    for (const argument of command.arguments.values()) {
      if (!nameArguments.includes(argument.name)) continue;
      argument.handler = (complete) => {
        const connections = listConnections(profileFolder(env));
        if (!connections.ok) return;
        for (const { name, provider } of connections.value) complete(name, provider);
      };
    }
  }
}
