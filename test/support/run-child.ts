import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Ended {
  /** One value for each line of JSON that it printed. */
  readonly lines: unknown[];
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Starts one of the scripts in this folder with Node. */
export function startChild(
  script: string,
  argument: unknown,
  env: NodeJS.ProcessEnv = process.env,
): ChildProcess {
  const file = fileURLToPath(new URL(`./${script}`, import.meta.url));
  return spawn(process.execPath, [file, JSON.stringify(argument)], { env, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Waits until the process has ENDED, not only answered. */
export async function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
  return { lines, stderr, code, signal };
}

/** {@link startChild} and {@link ended} in one. */
export function runChild(script: string, argument: unknown, env?: NodeJS.ProcessEnv): Promise<Ended> {
  return ended(startChild(script, argument, env));
}
