import type { ErrorCode, Failure } from '../../preload/errors.ts';
import { hintOnScreen } from '../format/failure.ts';

/** A short message that something was done, or failed where no field or row can say so. */
export interface Notice {
  readonly id: number;
  readonly kind: 'done' | 'failure';
  /** What was done, or what was tried and on what. */
  readonly message: string;
  /** Why it failed; empty where the message says it all. */
  readonly why: string;
  readonly hint: string;
  /** The id of what it is about; empty where it is about nothing that is tried again. */
  readonly about: string;
  /** Of the failure; null where there is none. */
  readonly code: ErrorCode | null;
}

const doneMs = 5000;
let notices = $state.raw<readonly Notice[]>([]);
let last = 0;

export function allNotices(): readonly Notice[] {
  return notices;
}

/** Says that something was done; it leaves by itself. */
export function say(message: string): void {
  const id = push({ kind: 'done', message, why: '', hint: '', about: '', code: null });
  setTimeout(() => dismiss(id), doneMs);
}

/**
 * Says what was tried on what, and why it failed; it stays until it is dismissed. What a person cancelled is no news.
 * @param about the subject's id: what is tried again on it takes this away
 * @param what a sentence that names the subject, for this stands far from where it was asked for
 */
export function complain(what: string, failure: Failure, about = ''): void {
  if (failure.code !== 'cancelled')
    push({
      kind: 'failure',
      message: what,
      why: failure.message,
      hint: hintOnScreen(failure.hint),
      about,
      code: failure.code,
    });
}

/** Says what could not be done where there is no failure of the core behind it. */
export function warn(message: string, hint: string): void {
  push({ kind: 'failure', message, why: '', hint, about: '', code: null });
}

/** What was said to have failed of that subject is over: it is tried again, or was done. */
export function settle(about: string): void {
  notices = notices.filter((notice) => notice.about !== about);
}

/** What stood against it is gone: the vault is open, the settings are whole. */
export function settleAll(codes: readonly ErrorCode[]): void {
  notices = notices.filter(({ code }) => code === null || !codes.includes(code));
}

export function dismiss(id: number): void {
  notices = notices.filter((notice) => notice.id !== id);
}

function push(notice: Omit<Notice, 'id'>): number {
  last += 1;
  // A newer "done" replaces the older one; failures wait to be read.
  const waiting = notices.filter(({ kind }) => kind === 'failure');
  notices = [...waiting.slice(-2), { ...notice, id: last }];
  return last;
}
