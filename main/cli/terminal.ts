import { forTerminal } from './for-terminal.ts';

/** What a command may touch of the process around it. stdout carries results only, stderr the rest. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The variables that were read as secrets; see {@link environmentForOthers}. */
  readonly secretVariables: Set<string>;
  /** Aborts on the first Ctrl-C or termination signal, or when the terminal is closed. */
  readonly signal: AbortSignal;
  /** Told of work that must not be cut: a second Ctrl-C and a closed pipe wait for its end, a third Ctrl-C does not. */
  finishFirst(work: Promise<unknown>): void;
  /**
   * For a command that changes things step by step: when its output can no longer be written, `signal` aborts from now on,
   * and the command ends as after Ctrl-C; else the process would end there. Gives what became of the output.
   */
  endWithCare(): Output;
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

/** Whether what is written to stdout arrives: nobody reads it any more (`| head`), or it failed (a full disk). */
export interface Output {
  readonly state: 'good' | 'unread' | 'failed';
}

/**
 * The environment without the secrets that were read from it: a browser that is started from here stays for weeks, and hands
 * what it got to everything that it starts.
 */
export function environmentForOthers({ env, secretVariables }: Terminal): Terminal['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secretVariables.has(name)));
}

const finishing =
  'latchkey: A session is being renewed; ending now would lose it. It ends when that is done, or at once when told so again.';

/** The real one. A closed pipe on stdout (`| head`) ends the process quietly, as other tools do; see `endWithCare`. */
export function processTerminal(): Terminal {
  const stop = new AbortController();
  let signals = 0;
  let withCare = false;
  const output: { state: Output['state'] } = { state: 'good' };
  const unfinished = new Set<Promise<unknown>>();
  const cancel = (): void => stop.abort(new DOMException('Cancelled.', 'AbortError'));
  const onSignal = (): void => {
    signals += 1;
    cancel();
    if (signals === 2 && unfinished.size > 0) note(finishing);
    if (signals === 2) leave(130);
    if (signals > 2) process.exit(130);
  };
  /** Ends the process when nothing is under way any more that must not be cut. */
  const leave = (code: number): void => {
    if (unfinished.size === 0) process.exit(code);
    void Promise.allSettled(unfinished).then(() => process.exit(code));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // The terminal was closed, which the kernel and the shell may both say. Node would end at once, in the middle of a renewal
  // too (also under nohup, which it undoes).
  process.on('SIGHUP', cancel);
  const lost = (error: NodeJS.ErrnoException): void => {
    if (output.state !== 'good') return;
    output.state = error.code === 'EPIPE' ? 'unread' : 'failed';
    const unread = output.state === 'unread';
    if (!unread) note(`latchkey: The output could not be written (${error.code ?? error.name}).`);
    else if (withCare) note('latchkey: Nobody reads the output any more.');
    if (withCare) cancel();
    else leave(unread ? 0 : 1);
  };
  process.stdout.on('error', lost);
  let shown = false;
  let opened = false;
  /** Opened late: it takes time, and most commands say nothing. Where nobody reads it, the work goes on. */
  const stderr = (): NodeJS.WriteStream => {
    if (!opened) process.stderr.on('error', () => undefined);
    opened = true;
    return process.stderr;
  };
  const note = (line: string): void => {
    if (shown) stderr().write('\r\u001b[2K');
    shown = false;
    stderr().write(`${forTerminal(line)}\n`);
  };
  return {
    env: process.env,
    platform: process.platform,
    secretVariables: new Set(),
    signal: stop.signal,
    finishFirst: (work) => {
      unfinished.add(work);
      const ended = (): void => void unfinished.delete(work);
      work.then(ended, ended);
    },
    endWithCare: () => {
      withCare = true;
      return output;
    },
    // Asked late: the mere look at it opens the stream.
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
        process.stdout.write(text, (error) => {
          if (error) lost(error);
          resolve();
        });
      }),
    note,
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
