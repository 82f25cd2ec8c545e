import type { Outcome } from './journal.ts';
import type { PlanRow } from './plan.ts';

/** What became of one row. */
export interface RowResult {
  readonly site: string;
  readonly outcome: Outcome;
  readonly message: string;
  readonly nextStep: string;
  /** Milliseconds since the epoch; null where nothing was tried. */
  readonly at: number | null;
}

/** Outcomes after which a plan has nothing left to do at a site. */
export const settledOutcomes: readonly Outcome[] = ['done', 'already', 'no_seat'];

/** What an earlier run did, in words of today. */
export function earlier(row: PlanRow, outcome: Outcome, at: number): RowResult {
  const site = row.site.id;
  switch (outcome) {
    case 'done':
    case 'already':
      return { site, outcome, at, message: `${doneWords(row)} in an earlier run.`, nextStep: nextAfter(row) };
    case 'no_seat':
      return { site, outcome, at, ...noSeat(row) };
    default:
      return {
        site,
        outcome,
        at,
        message: 'An earlier run tried this and did not get it done.',
        nextStep: 'Apply the plan again: every site is looked at first.',
      };
  }
}

/** A row whose turn did not come. */
export function notTried(row: PlanRow): RowResult {
  return {
    site: row.site.id,
    outcome: 'not_tried',
    at: null,
    message: 'It was not this site’s turn yet.',
    nextStep: 'Apply the plan again to go on.',
  };
}

/** What was done, as the beginning of a sentence. */
export function doneWords({ action, role }: Pick<PlanRow, 'action' | 'role'>): string {
  const as = role === null ? '' : ` as ${role.name}`;
  switch (action) {
    case 'invite':
      return `Invited${as}`;
    case 'add':
      return `Added${as}`;
    case 'change_role':
      return `Role changed to ${role?.name ?? ''}`;
    case 'activate':
      return 'Given a seat';
    case 'none':
      return 'Nothing was done';
  }
}

/** What follows a change. */
export function nextAfter({ action }: Pick<PlanRow, 'action'>): string {
  return action === 'invite'
    ? 'Open the mailbox of the system user and follow the link in the invitation.'
    : 'Nothing to do; verify the plan when all is done.';
}

/** The silent outcome of a full site (KS-M1). */
export function noSeat({ action }: Pick<PlanRow, 'action'>): Pick<RowResult, 'message' | 'nextStep'> {
  return {
    message:
      action === 'activate'
        ? 'It has no seat still: the last free one was taken since this was planned.'
        : 'It is at the site now, but without a seat: the site is full, and Salto added it suspended.',
    nextStep: 'Buy a seat for this site, or free one; then make a new plan, which gives it the seat.',
  };
}
