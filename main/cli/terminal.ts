import { forTerminal } from './for-terminal.ts';

/** What a command may touch of the process around it. stdout carries results only, stderr the rest. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The variables that were read as secrets; see {@link environmentForOthers}. */
  readonly secretVariables: Set<string>;
  /** Aborts on the first Ctrl-C or termination signal, or when the terminal is closed. */
  readonly signal: AbortSignal;
  /** Whether progress may be shown: stderr is a terminal. */
  readonly interactive: boolean;
  /** Whether stdout is a terminal that a person reads; missing is no. */
  readonly colours?: boolean;
  /** Letters in a line of that terminal; missing is unknown. */
  readonly columns?: number;
  /** Writes to stdout; resolves when the reader has taken it (a slow pipe holds the writer back). */
  out(text: string): Promise<void>;
  /** Writes a line to stderr, made safe for it: what providers say ends up here. */
  note(line: string): void;
  /** Shows a passing line on stderr where a person watches; an empty text takes it away. Made safe as well. */
  progress(line: string): void;
  /** The whole of stdin without its last line break. */
  readStdin(): Promise<string>;
  /** A line that a person types after `question`; null where nobody is there to type, or who left. Missing is nobody. */
  ask?(question: string): Promise<string | null>;
}

/**
 * The environment without the secrets that were read from it: a browser that is started from here stays for weeks, and hands
 * what it got to everything that it starts.
 */
export function environmentForOthers({ env, secretVariables }: Terminal): Terminal['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secretVariables.has(name)));
}

/** The real one. A closed pipe on stdout (`| head`) ends the process quietly, as other tools do. */
export function processTerminal(): Terminal {
  const stop = new AbortController();
  let signals = 0;
  const cancel = (): void => stop.abort(new DOMException('Cancelled.', 'AbortError'));
  const onSignal = (): void => {
    signals += 1;
    if (signals > 1) process.exit(130);
    cancel();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // The terminal was closed, which the kernel and the shell may both say. Node would end at once, in the middle of a renewal
  // too (also under nohup, which it undoes).
  process.on('SIGHUP', cancel);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    stderr().write(`latchkey: The output could not be written (${error.code ?? error.name}).\n`);
    process.exit(1);
  });
  let shown = false;
  let opened = false;
  /** Opened late: it takes time, and `latchkey token` mostly says nothing. Where nobody reads it, the work goes on. */
  const stderr = (): NodeJS.WriteStream => {
    if (!opened) process.stderr.on('error', () => undefined);
    opened = true;
    return process.stderr;
  };
  return {
    env: process.env,
    platform: process.platform,
    secretVariables: new Set(),
    signal: stop.signal,
    // Asked late: the mere look at it opens the stream, and `latchkey token` has a start-up budget.
    get interactive() {
      return process.stderr.isTTY;
    },
    get colours() {
      return process.stdout.isTTY;
    },
    get columns() {
      return process.stdout.columns;
    },
    out: (text) =>
      new Promise((resolve) => {
        process.stdout.write(text, () => resolve());
      }),
    note: (line) => {
      if (shown) stderr().write('\r\u001b[2K');
      shown = false;
      stderr().write(`${forTerminal(line)}\n`);
    },
    progress: (line) => {
      if (!stderr().isTTY) return;
      stderr().write(`\r\u001b[2K${forTerminal(line).slice(0, process.stderr.columns - 1)}`);
      shown = line !== '';
    },
    ask: async (question) => {
      if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
      const { createInterface } = await import('node:readline/promises');
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(forTerminal(question), { signal: stop.signal });
      } catch {
        return null; // Ctrl-C or Ctrl-D: an answer, and not a yes.
      } finally {
        lines.close();
      }
    },
    readStdin: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks)
        .toString('utf8')
        .replace(/\r?\n$/, '');
    },
  };
}
