import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type Failure, type Result, fail, ok } from '../preload/errors.ts';
import { systemClock } from './clock.ts';
import { makeFolder } from './make-folder.ts';

export interface LockOptions {
  /** How long to wait for other owners, in milliseconds. The work done under the lock is not bounded by it. */
  readonly timeoutMs: number;
  /** Ends the wait with `cancelled`; the work, once begun, is not interrupted. */
  readonly signal?: AbortSignal | undefined;
  /** Told once, where another owner has to be waited for. */
  readonly waiting?: (() => void) | undefined;
}

/** SQLite's result code for "somebody else holds it" (https://www.sqlite.org/rescode.html#busy). */
const sqliteBusy = 5;

/** For each lock file, when the last caller in line of this thread is done. */
const lines = new Map<string, Promise<void>>();

/**
 * Runs `work` while no other process, thread or caller runs work under the same lock file; the file and its folder are
 * made as needed (folder mode 0700).
 *
 * The lock is SQLite's exclusive lock on that (empty) database. The operating system lets go of it when its owner ends,
 * however it ends, so no owner is ever declared dead by the clock. The file must not be opened by other means: on POSIX
 * closing any descriptor of it would drop the lock. Not re-entrant: work that takes its own lock again waits for itself.
 *
 * Errors: `timeout` (another owner kept it for `timeoutMs`), `cancelled` (the signal), `unexpected` (the file cannot be
 * used at all). What `work` throws is thrown.
 */
export async function withLock<T>(
  file: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<Result<T>> {
  const lock = path.resolve(file);
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const over = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;

  const before = lines.get(lock);
  const { promise: done, resolve: leave } = Promise.withResolvers<undefined>();
  const line = Promise.resolve(before).then(() => done);
  lines.set(lock, line);
  try {
    // One caller of this thread at a time asks the file: the others would only compete with each other.
    if (before) options.waiting?.();
    if (before && !(await endsBefore(before, over))) return gaveUp(lock, options);
    const owned = await own(lock, over, before ? undefined : options.waiting);
    if (owned === 'over') return gaveUp(lock, options);
    if ('code' in owned) return { ok: false, error: owned };
    try {
      return ok(await work());
    } finally {
      owned.close(); // closing rolls back, which gives the lock up
    }
  } finally {
    leave(undefined);
    if (lines.get(lock) === line) lines.delete(lock);
  }
}

/** Waits for `promise` or `signal`; true when the promise came first. */
async function endsBefore(promise: Promise<void>, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const { promise: aborted, resolve } = Promise.withResolvers<boolean>();
  const listener = (): void => {
    resolve(false);
  };
  signal.addEventListener('abort', listener, { once: true });
  try {
    return await Promise.race([promise.then(() => true), aborted]);
  } finally {
    signal.removeEventListener('abort', listener);
  }
}

async function own(
  lock: string,
  over: AbortSignal,
  waiting: LockOptions['waiting'],
): Promise<DatabaseSync | Failure | 'over'> {
  let database: DatabaseSync | undefined;
  let owned = false;
  try {
    makeFolder(path.dirname(lock));
    // Loaded here, so that doors which only read do not pay for SQLite.
    const sqlite = await import('node:sqlite');
    database = new sqlite.DatabaseSync(lock, { timeout: 0 });
    for (let wait = 1; ; wait = Math.min(wait * 2, 25)) {
      if (over.aborted) return 'over';
      if (begin(database)) {
        owned = true;
        return database;
      }
      if (wait === 1) waiting?.();
      // A random share of the wait, or processes that began together would collide for ever.
      await systemClock.sleep(wait * (0.5 + Math.random()), over);
    }
  } catch (error) {
    return unusable(lock, error);
  } finally {
    if (!owned) database?.close();
  }
}

function begin(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false;
  // The low byte is the primary code; the rest says which kind of busy.
  return typeof error.errcode === 'number' && (error.errcode & 0xff) === sqliteBusy;
}

function gaveUp(lock: string, options: LockOptions): Result<never> {
  if (options.signal?.aborted)
    return fail('cancelled', 'This was cancelled before it began.', 'Nothing was changed. Start it again.');
  return fail(
    'timeout',
    `Another Latchkey process kept ${lock} for more than ${options.timeoutMs / 1000} seconds.`,
    'Nothing was changed. Let the other process finish, or end it, then try again.',
  );
}

function unusable(lock: string, error: unknown): Failure {
  const cause = error instanceof Error ? error.message : String(error);
  return {
    code: 'unexpected',
    message: `The lock file ${lock} cannot be used: ${cause}`,
    hint: 'Check that its folder can be written to and has space; the file itself is empty and may be deleted while no Latchkey runs.',
  };
}
