import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { Clock } from '../clock.ts';
import { type Platform, concernsAll } from './look.ts';
import type { Plan } from './plan.ts';
import { sideBySide } from './side-by-side.ts';

export interface WatchParts {
  readonly platform: Platform;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Between two looks, milliseconds. */
  readonly everyMs?: number;
  /** Ends the watch with `timeout`, in milliseconds; null = until it is cancelled. */
  readonly atMostMs?: number | null;
  /** Told after every look: invitations that still wait, of how many. */
  readonly progress?: (accepted: number, of: number) => void;
}

const defaultEveryMs = 10_000;

/**
 * Watches the sites where an invitation waits, until all are accepted; gives the sites that were accepted. One of them is
 * looked at until it changes, then the others: one person's one link usually accepts them all. Errors: cancelled,
 * timeout (`atMostMs` are over), and those of the provider.
 */
export async function watchInvitations(
  parts: WatchParts,
  plan: Plan,
  sites: readonly string[],
): Promise<Result<readonly string[]>> {
  const { clock, signal, everyMs = defaultEveryMs, atMostMs = null } = parts;
  const ends = atMostMs === null ? Number.POSITIVE_INFINITY : clock.now() + atMostMs;
  let waiting = [...sites];
  const accepted: string[] = [];
  for (;;) {
    const [first] = waiting;
    if (first === undefined) return ok(accepted);
    if (await lookOnce(parts, plan, first)) {
      const open: string[] = [];
      const failures: Failure[] = [];
      await sideBySide([...waiting], async (site) => {
        const looked = await isAccepted(parts, plan, site);
        if (!looked.ok) failures.push(looked.error);
        if (looked.ok && looked.value) accepted.push(site);
        else open.push(site);
      });
      const general = failures.find(concernsAll);
      if (general !== undefined && general.code !== 'rate_limited') return { ok: false, error: general };
      waiting = open;
    }
    parts.progress?.(sites.length - waiting.length, sites.length);
    if (waiting.length === 0) return ok(accepted);
    // The next look is at another one: this one may have left, or be somebody else's trouble.
    waiting.push(...waiting.splice(0, 1));
    if (clock.now() + everyMs > ends) {
      return fail(
        'timeout',
        `${waiting.length} of ${sites.length} invitations are still open.`,
        'Follow the link in the mail to the system user, then watch again.',
      );
    }
    await clock.sleep(everyMs, signal);
    if (signal.aborted) {
      return fail('cancelled', 'Watching was stopped.', 'The invitations stand; watch again when you like.');
    }
  }
}

async function lookOnce(parts: WatchParts, plan: Plan, site: string): Promise<boolean> {
  const looked = await isAccepted(parts, plan, site);
  // A passing failure is met again at the next look; what lasts shows when all are looked at.
  return !looked.ok || looked.value;
}

async function isAccepted({ platform }: WatchParts, plan: Plan, site: string): Promise<Result<boolean>> {
  const member = await platform.api.findMember(platform.context, site, plan.systemUser.email);
  return member.ok ? ok(member.value?.accepted === true) : member;
}
