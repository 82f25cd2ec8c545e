import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CommandLine, commandLine } from './cli.ts';

export interface Profile {
  readonly home: string;
  readonly cli: CommandLine;
}

const folders: string[] = [];

/** A command line on a new profile folder, with this environment. {@link removeProfiles} takes them all away. */
export async function newProfile(env: Readonly<Record<string, string>>): Promise<Profile> {
  const home = await mkdtemp(path.join(tmpdir(), 'latchkey-e2e-'));
  folders.push(home);
  return { home, cli: commandLine({ ...env, LATCHKEY_HOME: home }) };
}

export async function removeProfiles(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}
