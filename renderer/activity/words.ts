import type { ActivityRow } from '../../preload/contract.ts';
import { ta } from './texts.ts';

const times = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** The time of day to the second; with the day where it was not today. */
export function timeOf(at: number, now: number): string {
  const time = times.format(at);
  return days.format(at) === days.format(now) ? time : `${days.format(at)}, ${time}`;
}

/** What it was, in a word or two. */
export function whatOf(row: ActivityRow): string {
  return row.kind === 'session' ? ta(`change.${row.change}`) : ta(`purpose.${row.purpose}`);
}

/**
 * What was asked, and where; of a session, why it ended. Long identifiers show their beginning, so that the end of a path,
 * which tells what was asked for, has room in a row; the detail has it whole.
 */
export function whereOf(row: ActivityRow): string {
  if (row.kind === 'session') return row.failure?.message ?? '';
  const path = row.path.replaceAll(/(?<=\/)(?=[^/?]*\d)([\w-]{8})[\w-]{8,}(?=[/?]|$)/g, '$1…');
  return `${row.method} ${row.host}${path}`;
}

/** An answer with an error's status has failed for whoever looks for what went wrong. */
export function hasFailed(row: ActivityRow): boolean {
  return row.failure !== null || (row.kind === 'request' && (row.status ?? 0) >= 400);
}

/** How it went: a status, or that none came. */
export function resultOf(row: ActivityRow): string {
  if (row.kind === 'session') return row.failure === null ? ta('result.done') : ta('result.failed');
  return row.status === null ? ta('result.noAnswer') : String(row.status);
}

/** 840 B, 12 kB. */
export function sizeOf(bytes: number | null): string {
  if (bytes === null) return '–';
  return bytes < 1000 ? ta('bytes', { count: bytes }) : ta('kilobytes', { count: Math.round(bytes / 1000) });
}
