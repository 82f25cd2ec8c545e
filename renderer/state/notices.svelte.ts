import type { Failure } from '../../preload/errors.ts';

/** A short message that something was done, or failed where no field or row can say so. */
export interface Notice {
  readonly id: number;
  readonly kind: 'done' | 'failure';
  readonly message: string;
  readonly hint: string;
}

const doneMs = 5000;
let notices = $state.raw<readonly Notice[]>([]);
let last = 0;

export function allNotices(): readonly Notice[] {
  return notices;
}

/** Says that something was done; it leaves by itself. */
export function say(message: string): void {
  const id = push({ kind: 'done', message, hint: '' });
  setTimeout(() => dismiss(id), doneMs);
}

/** Says what went wrong; it stays until it is dismissed. What a person cancelled is no news. */
export function complain(failure: Failure): void {
  if (failure.code !== 'cancelled') push({ kind: 'failure', message: failure.message, hint: failure.hint });
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
