import { randomUUID } from 'node:crypto';
import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import { type SiteParts, applySite } from './apply-site.ts';
import { recordedOf } from './journal.ts';
import { type Plan, type PlanRow, changesOf } from './plan.ts';
import { type RowResult, earlier, notTried, settledOutcomes } from './results.ts';
import { sideBySide } from './side-by-side.ts';

export interface ApplyParts extends SiteParts {
  /** The connection's id, and the subject of whoever is signed in. */
  readonly connection: string;
  readonly subject: string;
  readonly signal: AbortSignal;
  /** Told after every row that is settled. */
  readonly progress?: (done: number, of: number, result: RowResult | null) => void;
  /** Told when rows wait: until when, in milliseconds since the epoch. */
  readonly waiting?: (until: number) => void;
}

export interface Applied {
  readonly results: readonly RowResult[];
  /** Why it ended before every row was tried; null where it did not. */
  readonly stopped: Failure | null;
}

/**
 * As long as a request may be under way at the server after the one who sent it is gone: the seam gives up waiting for an
 * answer after 30 seconds.
 */
export const underWayMs = 30_000;
const tries = 3;
const pauseMs = 5_000;

/**
 * Makes the changes of a plan and no other. Every change is recorded on the disk before its request leaves, and every
 * site is looked at first, so that this may be begun again after anything: what is there is not done again, and a request
 * of a run that died is given time to end before the site is looked at. Only one may run in a profile (the caller holds
 * the lock). Errors: unexpected (the record cannot be read or written).
 */
export async function applyPlan(parts: ApplyParts, plan: Plan): Promise<Result<Applied>> {
  const { journal, clock, signal } = parts;
  const entries = await journal.read();
  if (!entries.ok) return entries;
  const recorded = recordedOf(entries.value, plan.id);
  const changes = changesOf(plan);
  const run = { plan: plan.id, run: randomUUID() };
  const began = await journal.write({
    ...run,
    event: 'began',
    at: new Date(clock.now()).toISOString(),
    connection: parts.connection,
    as: parts.subject,
    changes: changes.length,
  });
  if (!began.ok) return began;

  const results = new Map<string, RowResult>();
  let stopped: Failure | null = null;
  const settle = (result: RowResult): void => {
    results.set(result.site, result);
    parts.progress?.(results.size, changes.length, result);
  };
  const queue: { readonly row: PlanRow; readonly openSince: number | null; readonly tried: number }[] = [];
  for (const row of changes) {
    const known = recorded.get(row.site.id);
    const before = known?.openSince === null ? known.result : null;
    if (before !== null && settledOutcomes.includes(before.outcome)) {
      settle(earlier(row, before.outcome, Date.parse(before.at)));
    } else {
      // A clock that was ahead when the record was written must not make this wait until then.
      const openSince =
        known === undefined || known.openSince === null ? null : Math.min(known.openSince, clock.now());
      queue.push({ row, openSince, tried: 0 });
    }
  }
  // Rows that an earlier run left open come last: by then its request has most likely ended.
  queue.sort((one, other) => Number(one.openSince !== null) - Number(other.openSince !== null));
  parts.progress?.(results.size, changes.length, null);

  let pausedUntil = 0;
  await sideBySide(
    queue,
    async ({ row, openSince, tried }) => {
      const until = Math.max(pausedUntil, openSince === null ? 0 : openSince + underWayMs);
      if (until > clock.now()) {
        parts.waiting?.(until);
        await clock.sleep(until - clock.now(), signal);
        if (signal.aborted) return;
      }
      const outcome = await applySite(parts, run, plan, row, openSince !== null);
      if (outcome.kind === 'result') settle(outcome.result);
      else if (outcome.kind === 'stop') {
        stopped ??= outcome.failure;
        if (outcome.result !== null) settle(outcome.result);
      } else if (tried + 1 < tries) {
        pausedUntil = Math.max(pausedUntil, outcome.slowDown ? clock.now() + pauseMs * (tried + 1) : 0);
        queue.push({ row, openSince: outcome.openSince, tried: tried + 1 });
      } else settle(outcome.result);
    },
    () => stopped !== null || signal.aborted,
  );
  for (const row of changes) {
    if (!results.has(row.site.id)) results.set(row.site.id, notTried(row));
  }
  const all = changes.flatMap((row) => results.get(row.site.id) ?? []);
  const left = all.filter(({ outcome }) => !settledOutcomes.includes(outcome)).length;
  const ended = await journal.write({
    ...run,
    event: 'ended',
    at: new Date(clock.now()).toISOString(),
    left,
  });
  if (!ended.ok) stopped ??= ended.error;
  if (stopped === null && signal.aborted) {
    stopped = fail(
      'cancelled',
      'Cancelled. What was done so far stays done and is recorded.',
      'Apply the plan again to go on.',
    ).error;
  }
  return ok({ results: all, stopped });
}
