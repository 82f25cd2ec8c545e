import type { Failure, Result } from '../../preload/errors.ts';
import type { SiteMember } from '../providers/system-users.ts';
import type { Clock } from '../clock.ts';
import type { Journal, Outcome } from './journal.ts';
import { type SiteLook, judgeSite } from './judge.ts';
import { type Platform, concernsAll, lookAt } from './look.ts';
import type { Plan, PlanRow } from './plan.ts';
import { type RowResult, doneWords, nextAfter, noSeat } from './results.ts';
import { isAtLeast, roleIdsAfter } from './roles.ts';

export interface SiteParts {
  /** For looking: ends when the person cancels. */
  readonly looking: Platform;
  /** For changing: a request that left is waited for, so that it is known what became of it. */
  readonly changing: Platform;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** Settled; or to be tried again later (`result` is how it stands if it is not); or a reason to end the whole. */
export type Attempt =
  | { readonly kind: 'result'; readonly result: RowResult }
  | {
      readonly kind: 'again';
      readonly result: RowResult;
      /** When the change was begun whose end is not known, milliseconds since the epoch; null where nothing left. */
      readonly openSince: number | null;
      /** The provider asked for less. */
      readonly slowDown: boolean;
    }
  | { readonly kind: 'stop'; readonly failure: Failure; readonly result: RowResult | null };

type Seen = Extract<SiteLook, { failure: null }>;

/** One site: look, record what is meant, change, record what came of it. `begun` = an earlier attempt may have done it. */
export async function applySite(
  parts: SiteParts,
  run: { readonly plan: string; readonly run: string },
  plan: Plan,
  row: PlanRow,
  begun: boolean,
): Promise<Attempt> {
  const { clock } = parts;
  const result = (outcome: Outcome, message: string, nextStep: string): RowResult => ({
    site: row.site.id,
    outcome,
    message,
    nextStep,
    at: clock.now(),
  });
  /** Recorded, then settled. */
  const end = async (
    settled: RowResult,
    action = row.action,
    user: string | null = null,
    failure: Failure | null = null,
  ): Promise<Attempt> => {
    const written = await parts.journal.write({
      ...run,
      event: 'result',
      at: new Date(clock.now()).toISOString(),
      site: row.site.id,
      action,
      outcome: settled.outcome,
      user,
      code: failure?.code ?? null,
    });
    return written.ok
      ? { kind: 'result', result: settled }
      : { kind: 'stop', failure: written.error, result: settled };
  };
  /** How the site stands, judged as when it was planned; seats count anew only by what the vendor then says. */
  const judged = (look: SiteLook): PlanRow =>
    judgeSite({ ...row.site, state: null, manageable: true, seats: null }, look, plan.systemUser);

  const look = await lookAt(parts.looking, row.site, plan.systemUser);
  if (look.failure !== null) {
    if (look.failure.code === 'cancelled') return { kind: 'stop', failure: look.failure, result: null };
    if (look.failure.code === 'rate_limited') {
      return {
        kind: 'again',
        result: result('failed', look.failure.message, look.failure.hint),
        openSince: null,
        slowDown: true,
      };
    }
    if (concernsAll(look.failure)) return { kind: 'stop', failure: look.failure, result: null };
    return end(unreachable(look.failure, result), row.action, null, look.failure);
  }
  const now = judged(look);
  if (isAchieved(row, look, now)) {
    if (look.member?.suspended === true) {
      const { message, nextStep } = noSeat(row);
      return end(result('no_seat', message, nextStep), row.action, look.member.id);
    }
    const words = begun
      ? `${doneWords(row)} by an earlier run, whose end was not recorded.`
      : 'It is as planned already; somebody else did it, or an earlier plan.';
    return end(result('already', words, nextAfter(row)), row.action, look.member?.id ?? null);
  }
  const action = isStillFit(row, now) ? now.action : null;
  if (action === null || now.role === null) {
    return end(
      result(
        'changed_since',
        `This site is no longer as it was planned: ${now.message}`,
        now.action === 'none' ? now.nextStep : 'Make a new plan for it.',
      ),
    );
  }

  const begunAt = clock.now();
  const intent = await parts.journal.write({
    ...run,
    event: 'intent',
    at: new Date(begunAt).toISOString(),
    site: row.site.id,
    action,
    role: now.role.code,
  });
  if (!intent.ok) return { kind: 'stop', failure: intent.error, result: null };
  const changed = await change(parts, plan, { ...now, action }, look);
  const doing = { action, role: now.role };
  if (changed.ok && changed.value !== null && !showsOtherRole(doing, changed.value)) {
    return end(doneResult(doing, changed.value, result), action, changed.value.id);
  }

  // It failed, or was done without a word of how, or otherwise: only the site itself knows.
  const failure = changed.ok ? null : changed.error;
  const after = await lookAt(parts.changing, row.site, plan.systemUser);
  if (after.failure === null && isAchieved(row, after, judged(after)) && after.member !== null) {
    return end(doneResult(doing, after.member, result), action, after.member.id);
  }
  if (failure !== null && isRefusal(failure)) {
    return end(refused(failure, action, result), action, null, failure);
  }
  const unknown = result(
    'uncertain',
    `Whether this was done is not known. ${failure?.message ?? 'The vendor said yes, and does not show it yet.'}`,
    'Apply the plan again in a minute: it looks first, and does nothing twice.',
  );
  if (failure?.code === 'rate_limited') {
    return {
      kind: 'again',
      result: result('failed', failure.message, failure.hint),
      openSince: null,
      slowDown: true,
    };
  }
  if (failure !== null && after.failure !== null && concernsAll(after.failure)) {
    const written = await end(unknown, action, null, failure);
    return written.kind === 'stop' ? written : { kind: 'stop', failure: after.failure, result: unknown };
  }
  const written = await end(unknown, action, null, failure);
  return written.kind === 'stop'
    ? written
    : { kind: 'again', result: unknown, openSince: begunAt, slowDown: false };
}

async function change(
  { changing: { api, context } }: SiteParts,
  { systemUser }: Plan,
  row: Pick<PlanRow, 'site' | 'action' | 'role'>,
  look: Seen,
): Promise<Result<SiteMember | null>> {
  const site = row.site.id;
  const role = look.roles.find(({ code }) => code === row.role?.code);
  const roles = role === undefined ? [] : [role.id];
  const { member, person } = look;
  if (row.action === 'add' && person !== null) return api.addExisting(context, site, person.id, roles);
  if (row.action === 'change_role' && member !== null && role !== undefined) {
    return api.changeRoles(context, site, member.id, roleIdsAfter(member.roles, role));
  }
  if (row.action === 'activate' && member !== null) return api.activate(context, site, member.id);
  const { email, firstName, lastName } = systemUser;
  return api.invite(context, site, { email, firstName, lastName, roles });
}

/** Whether the site is as the row wants it. */
function isAchieved(row: PlanRow, look: Seen, now: PlanRow): boolean {
  if (look.member === null) return false;
  switch (row.action) {
    case 'invite':
    case 'add':
      // Suspended, it is there all the same: the seat is a matter of its own.
      return ['right_role', 'invited', 'unsettled', 'suspended'].includes(now.state);
    case 'change_role':
      return now.state === 'right_role' || now.state === 'invited';
    case 'activate':
      return !look.member.suspended && !['blocked', 'expired', 'other_name'].includes(now.state);
    case 'none':
      return true;
  }
}

/** Whether what would be done now is what was planned. Inviting and adding are two ways to the same. */
function isStillFit(row: PlanRow, now: PlanRow): boolean {
  const adding = ['invite', 'add'];
  const same = row.action === now.action || (adding.includes(row.action) && adding.includes(now.action));
  return same && row.role?.code === now.role?.code;
}

/** A yes that shows another role than was sent: which of the two counts, only another look can tell. */
function showsOtherRole({ action, role }: Pick<PlanRow, 'action' | 'role'>, { roles }: SiteMember): boolean {
  if (action === 'activate' || role === null || roles.length === 0) return false;
  return !roles.some(({ code }) => isAtLeast(code, role.code));
}

function doneResult(
  doing: Pick<PlanRow, 'action' | 'role'>,
  member: SiteMember,
  result: (outcome: Outcome, message: string, nextStep: string) => RowResult,
): RowResult {
  if (member.suspended) {
    const { message, nextStep } = noSeat(doing);
    return result('no_seat', message, nextStep);
  }
  const late = member.roles.length === 0 ? ' The role is not shown yet; that can take a minute.' : '';
  return result('done', `${doneWords(doing)}.${late}`, nextAfter(doing));
}

/** A site that cannot be looked at any more. */
function unreachable(
  failure: Failure,
  result: (outcome: Outcome, message: string, nextStep: string) => RowResult,
): RowResult {
  if (failure.code === 'not_found') {
    return result(
      'gone',
      `The site is not there any more. ${failure.message}`,
      'Ask its owner whether it was removed or your access ended; make a new plan without it.',
    );
  }
  if (failure.code === 'forbidden') {
    return result(
      'gone',
      `You no longer have access to this site. ${failure.message}`,
      'Ask its owner for your role there, then apply the plan again.',
    );
  }
  return result('failed', failure.message, failure.hint);
}

function refused(
  failure: Failure,
  action: PlanRow['action'],
  result: (outcome: Outcome, message: string, nextStep: string) => RowResult,
): RowResult {
  if (failure.code === 'not_found') return unreachable(failure, result);
  const next =
    failure.code === 'forbidden'
      ? 'Ask the site owner to do it, or to give you a higher role there.'
      : action === 'activate'
        ? 'Read the vendor’s reason; where it speaks of seats, buy or free one and plan again.'
        : 'Read the vendor’s reason; where it speaks of the owner, plan again with site_admin for this site.';
  return result('refused', failure.message, next);
}

/** The provider has said no: it did nothing. Everything else may have been done. */
function isRefusal({ code }: Failure): boolean {
  return code === 'forbidden' || code === 'not_found' || code === 'input_invalid';
}
