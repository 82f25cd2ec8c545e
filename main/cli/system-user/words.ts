import type { Outcome } from '../../system-user/journal.ts';
import type { SiteAction, SiteState } from '../../system-user/plan.ts';
import type { Verdict } from '../../system-user/verify.ts';

/** The words of the screen (renderer/system-user/texts.ts says the same). */
export const stateWords: Readonly<Record<SiteState, string>> = {
  right_role: 'there',
  other_role: 'other role',
  unsettled: 'no role yet',
  invited: 'invited',
  absent: 'absent',
  full: 'site full',
  suspended: 'suspended',
  blocked: 'blocked',
  expired: 'expired',
  other_name: 'other name',
  not_allowed: 'not allowed',
  not_manageable: 'not manageable',
  unread: 'not read',
};

export const actionWords: Readonly<Record<SiteAction, string>> = {
  invite: 'invite',
  add: 'add',
  change_role: 'change role',
  activate: 'give a seat',
  none: '',
};

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  done: 'done',
  already: 'done already',
  no_seat: 'no seat',
  changed_since: 'changed since',
  gone: 'gone',
  refused: 'refused',
  uncertain: 'uncertain',
  failed: 'failed',
  not_tried: 'not tried',
};

export const verdictWords: Readonly<Record<Verdict, string>> = {
  reachable: 'reachable',
  lower_role: 'lower role',
  missing: 'missing',
  absent: 'absent',
  invited: 'invited',
  suspended: 'suspended',
  blocked: 'blocked',
  expired: 'expired',
  gone: 'gone',
  unread: 'not read',
  open: 'open',
};
