import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** The built command line, as users run it. */
export const cliFile = path.resolve(import.meta.dirname, '../../out/main/cli.js');

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CommandLine {
  /** Runs one command to its end. A run that does not end within two minutes is killed and fails the test. */
  run(commandLine: readonly string[], options?: RunOptions): Promise<Run>;
  /** The same with `--json`; the one JSON value it printed. */
  json(
    commandLine: readonly string[],
    options?: RunOptions,
  ): Promise<{ code: number; value: unknown; err: string }>;
  /** Starts a command that goes on. */
  start(commandLine: readonly string[], options?: RunOptions): ChildProcess;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

const hangMs = 120_000;

/** A command line in a profile of its own; `env` has the keychain's address, `program` is another copy. */
export function commandLine(env: Readonly<Record<string, string>>, program = cliFile): CommandLine {
  const start = (words: readonly string[], options: RunOptions = {}): ChildProcess => {
    const child = spawn(process.execPath, [program, ...words], {
      env: { ...env, ...options.env },
      stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    if (options.stdin !== undefined) child.stdin?.end(options.stdin);
    return child;
  };
  const run = async (words: readonly string[], options: RunOptions = {}): Promise<Run> => {
    const child = start(words, options);
    let out = '';
    let err = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
    const timer = setTimeout(() => child.kill('SIGKILL'), hangMs);
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    clearTimeout(timer);
    if (code === null) throw new Error(`latchkey ${words.join(' ')} was ended by ${signal ?? '?'}: ${err}`);
    return { code, out, err };
  };
  return {
    run,
    start,
    json: async (words, options) => {
      const { code, out, err } = await run([...words, '--json'], options);
      const lines = out.split('\n').filter((line) => line !== '');
      if (lines.length !== 1)
        throw new Error(`${words.join(' ')} printed ${lines.length} lines: ${out}${err}`);
      return { code, value: JSON.parse(lines[0] ?? '') as unknown, err };
    },
  };
}

/** What `sandbox --json` prints. */
export interface SandboxDescription {
  control: string;
  vendors: {
    provider: string;
    issuer: string | null;
    authorizationEndpoint: string;
    tokenEndpoint: string;
    apiBase: string;
    clients: {
      grant: string;
      clientId: string;
      clientSecret: string | null;
      clientAuth: 'basic' | 'post' | 'none';
      scope: string;
    }[];
    accounts: { username: string; password: string; role: string }[];
    installations: { id: string; name: string; users: number }[];
  }[];
  exercises: unknown;
}

export interface RunningSandbox {
  readonly description: SandboxDescription;
  /** `POST /faults`, `POST /clock`, ... at the control address. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Ends it by SIGTERM; its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `latchkey sandbox --json` as its own process. */
export async function startSandboxProcess(
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningSandbox> {
  const child = spawn(process.execPath, [cliFile, 'sandbox', '--json', ...words], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`The sandbox ended with ${String(code)} before it was ready.`);
    }),
  ])) as [string];
  const description = JSON.parse(line) as SandboxDescription;
  return {
    description,
    control: async (method, path_, body) => {
      const response = await fetch(`${description.control}${path_}`, {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      });
      if (!response.ok)
        throw new Error(`${method} ${path_}: HTTP ${response.status} ${await response.text()}`);
      const text = await response.text();
      return text === '' ? null : (JSON.parse(text) as unknown);
    },
    stop: async () => {
      if (child.exitCode !== null) return child.exitCode;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
}
