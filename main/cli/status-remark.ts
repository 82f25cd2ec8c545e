import type { SessionStatus } from '../sessions/status.ts';
import { span } from '../clock.ts';

/** What went wrong with a session and what comes next, in one sentence or two; null where all is well. */
export function statusRemark(row: SessionStatus, now: number): string | null {
  const { failure } = row;
  if (failure === null) return null;
  if (row.nextTryAt === null) return `${failure.message} ${failure.hint}`;
  const left = Date.parse(row.nextTryAt) - now;
  const next = left > 0 ? `in ${span(left)}` : 'by whoever needs a token';
  return `Not renewed: ${failure.message} Next try: ${next}.`;
}
