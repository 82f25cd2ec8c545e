import { deadline } from '../deadline.ts';
import type { KeytarAnswer, KeytarCalls, KeytarRequest } from './calls.ts';

/** A running helper process, however it was started. */
export interface HelperProcess {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: () => void): void;
  /** Ends it at once, also while it is in a keychain call. */
  kill(): void;
  /** Whether it may keep this process alive; only while an answer is awaited. */
  hold(held: boolean): void;
}

export type StartHelper = (file: URL, env: NodeJS.ProcessEnv) => HelperProcess;

export interface HelperCallsOptions {
  readonly file: URL;
  readonly env: NodeJS.ProcessEnv;
  /** After this, in milliseconds, the helper is killed and the call answered with `silence`. */
  readonly timeoutMs: number;
  /** By default a child process of Node. */
  readonly start?: StartHelper | undefined;
}

/** The helper's file beside this one, as source or as built. */
export function helperFile(): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new URL(`./helper.${extension}`, import.meta.url);
}

/** Calls in a helper process, which is started for the first call and again after it was killed or crashed. */
export function keytarInHelper(options: HelperCallsOptions): KeytarCalls {
  let helper: HelperProcess | null = null;
  const pending = new Map<number, (answer: KeytarAnswer) => void>();
  let nextId = 0;
  let closed = false;

  function begin(start: StartHelper): HelperProcess {
    const started = start(options.file, options.env);
    helper = started;
    started.onMessage((message) => {
      const { id, answer } = message as { id: number; answer: KeytarAnswer };
      pending.get(id)?.(answer);
    });
    started.onExit(() => {
      if (helper !== started) return;
      helper = null;
      for (const settle of [...pending.values()]) settle({ outcome: 'crashed' });
    });
    return started;
  }
  async function call(request: KeytarRequest): Promise<KeytarAnswer> {
    const start = options.start ?? (await import('./fork.ts')).forkHelper;
    if (closed) return { outcome: 'crashed' };
    const id = (nextId += 1);
    const process = helper ?? begin(start);
    process.hold(true);
    return new Promise((resolve) => {
      const callOff = deadline(options.timeoutMs, () => {
        helper = null;
        process.kill();
        settle({ outcome: 'silence' });
      });
      function settle(answer: KeytarAnswer): void {
        callOff();
        pending.delete(id);
        if (pending.size === 0) process.hold(false);
        resolve(answer);
      }
      pending.set(id, settle);
      process.send({ id, request });
    });
  }
  return {
    prepare: () => undefined,
    call,
    close: () => {
      closed = true;
      helper?.kill();
      helper = null;
      for (const settle of [...pending.values()]) settle({ outcome: 'crashed' });
      return Promise.resolve();
    },
  };
}
