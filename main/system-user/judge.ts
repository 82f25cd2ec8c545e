import type { Failure } from '../../preload/errors.ts';
import type { PlatformPerson, Site, SiteMember, SiteRole } from '../providers/system-users.ts';
import type { PlanRow, SiteAction, SiteState, Wanted } from './plan.ts';
import { chooseRole, hasRole, highestOf, isAtLeast, isKnownRole, roleNamed } from './roles.ts';

/** What was seen of one site. */
export type SiteLook =
  | { readonly failure: Failure }
  | {
      readonly failure: null;
      readonly roles: readonly SiteRole[];
      readonly member: SiteMember | null;
      /** Asked for only where there is no member. */
      readonly person: PlatformPerson | null;
    };

interface Judgement {
  readonly state: SiteState;
  readonly action: SiteAction;
  readonly message: string;
  readonly nextStep: string;
}

/**
 * How the system user stands at a site and what would be done, from what was seen. The reasons come in the order in which
 * a person would have to remove them.
 */
export function judgeSite(site: Site, look: SiteLook, wanted: Wanted): PlanRow {
  const roles = look.failure === null ? look.roles : [];
  const role = chooseRole(roles, wanted);
  const member = look.failure === null ? look.member : null;
  return {
    site: { id: site.id, readableId: site.readableId, name: site.name },
    role: role && { code: role.code, name: role.name },
    roles: (member?.roles ?? []).map(({ code, name }) => ({ code, name })),
    ...judge(site, look, wanted, role),
  };
}

function judge(site: Site, look: SiteLook, wanted: Wanted, role: SiteRole | null): Judgement {
  if (!site.manageable) {
    return none(
      'not_manageable',
      `The site is in the state "${site.state ?? ''}"; Salto lets nobody manage it before it is released.`,
      'Have the installer release the site, then plan again.',
    );
  }
  if (look.failure !== null) return unseen(look.failure);
  return look.member === null
    ? judgeAbsent(site, look, wanted, role)
    : judgeMember(site, look, look.member, wanted, role);
}

function unseen(failure: Failure): Judgement {
  if (failure.code === 'forbidden') {
    return none(
      'not_manageable',
      `Your role at this site does not let you see its users. ${failure.message}`,
      'Ask the site owner or a site admin for the role Site Admin there, or have them add the system user.',
    );
  }
  return none('unread', failure.message, failure.hint);
}

function judgeMember(
  site: Site,
  look: { readonly roles: readonly SiteRole[] },
  member: SiteMember,
  wanted: Wanted,
  role: SiteRole | null,
): Judgement {
  const other = otherName(member, wanted);
  if (other !== null) {
    return none(
      'other_name',
      `${wanted.email} is at this site already, as "${other}".`,
      `If that is your system user, plan again with the name ${other}. If it is somebody else, choose another address.`,
    );
  }
  if (member.blocked) {
    return none(
      'blocked',
      'It is at this site and somebody blocked it.',
      'Find out why, and unblock it in the web application; Latchkey does not undo what a person did on purpose.',
    );
  }
  if (member.expired) {
    return none(
      'expired',
      'It is at this site, but its access had an end date and that has passed.',
      'Take the end date away in the web application, then plan again.',
    );
  }
  if (member.suspended) return judgeSuspended(site, member, look.roles);
  const fits = hasRole(member.roles, wanted, role);
  if (!fits && member.roles.length === 0) {
    return none(
      'unsettled',
      'It is at this site and shows no role yet. A new user can go without one for about a minute.',
      'Plan again in a minute. If it still has none, somebody took it away: give it one in the web application.',
    );
  }
  if (!fits) return judgeOtherRole(member, look.roles, wanted, role);
  if (!member.accepted) {
    return none(
      'invited',
      'It was invited and has not accepted yet.',
      'Open the mailbox of the system user and follow the link in the invitation.',
    );
  }
  const highest = highestOf(member.roles);
  const planned = role?.code ?? wanted.role;
  const more =
    highest !== null && highest.code !== planned && isAtLeast(highest.code, planned)
      ? ` It has ${highest.name} there, which includes what is planned.`
      : '';
  return none('right_role', `It is there with the planned role.${more}`, 'Nothing to do.');
}

/** Users of equal or lower role may be edited (KS-HD-ROLES), and the list of assignable roles holds just those. */
function mayEdit(member: SiteMember, assignable: readonly SiteRole[]): boolean {
  const highest = highestOf(member.roles);
  return highest === null || assignable.some(({ code }) => code === highest.code);
}

function judgeSuspended({ seats }: Site, member: SiteMember, assignable: readonly SiteRole[]): Judgement {
  if (seats !== null && seats.used >= seats.bought) {
    return none(
      'suspended',
      `It is at this site without a seat: ${seats.used} of ${seats.bought} seats are taken.`,
      'Buy a seat for this site, or free one, then plan again.',
    );
  }
  if (!mayEdit(member, assignable)) {
    return none(
      'suspended',
      `It is at this site without a seat. A seat is free, but its role there, ${highestOf(member.roles)?.name ?? ''}, is above yours.`,
      'Ask the site owner to give it the seat.',
    );
  }
  return {
    state: 'suspended',
    action: 'activate',
    message: 'It is at this site without a seat, and a seat is free.',
    nextStep: 'Applying the plan gives it that seat.',
  };
}

function judgeOtherRole(
  member: SiteMember,
  assignable: readonly SiteRole[],
  wanted: Wanted,
  role: SiteRole | null,
): Judgement {
  const has = member.roles.map(({ name }) => name).join(', ');
  if (role === null) return notAllowed(`It is at this site as ${has}.`, assignable, wanted);
  const waits = member.accepted ? '' : ' It has not accepted its invitation yet.';
  if (!mayEdit(member, assignable)) {
    return none(
      'other_role',
      `It is at this site as ${has}, a role that you may not change.${waits}`,
      `Ask the site owner to make it ${role.name}.`,
    );
  }
  return {
    state: 'other_role',
    action: 'change_role',
    message: `It is at this site as ${has}; planned is ${role.name}.${waits}`,
    nextStep: 'Applying the plan changes its role.',
  };
}

function judgeAbsent(
  { seats }: Site,
  look: { readonly roles: readonly SiteRole[]; readonly person: PlatformPerson | null },
  wanted: Wanted,
  role: SiteRole | null,
): Judgement {
  const { person } = look;
  const other = person === null ? null : otherName(person, wanted);
  if (other !== null) {
    return none(
      'other_name',
      `Salto knows ${wanted.email} as "${other}", not as ${wanted.firstName} ${wanted.lastName}.`,
      `If that is your system user, plan again with the name ${other}. If it is somebody else, choose another address.`,
    );
  }
  if (role === null) return notAllowed('It is not at this site.', look.roles, wanted);
  if (seats !== null && seats.used >= seats.bought) {
    return none(
      'full',
      `It is not at this site, and no seat is free: ${seats.used} of ${seats.bought} are taken. Salto would add it suspended, without saying so.`,
      'Buy a seat for this site, or free one, then plan again.',
    );
  }
  return person?.hasAccount === true
    ? {
        state: 'absent',
        action: 'add',
        message: `It is not at this site. It has an account, so it is added as ${role.name} at once.`,
        nextStep: 'Applying the plan adds it.',
      }
    : {
        state: 'absent',
        action: 'invite',
        message: `It is not at this site. It is invited as ${role.name}, by mail.`,
        nextStep: 'Applying the plan sends the invitation.',
      };
}

function notAllowed(standing: string, assignable: readonly SiteRole[], wanted: Wanted): Judgement {
  const offered = assignable.filter(({ hierarchical }) => hierarchical).map(({ name }) => name);
  const may =
    offered.length === 0 ? 'You may give no role there.' : `You may give there: ${offered.join(', ')}.`;
  const wantedName = roleNamed(wanted.role);
  if (!isKnownRole(wanted.role) && wanted.fallbackRole === null) {
    const codes = assignable.filter(({ hierarchical }) => hierarchical).map(({ code }) => code);
    return none(
      'not_allowed',
      `${standing} The role "${wanted.role}" is not among those that you may give there: ${codes.join(', ') || 'none'}.`,
      'If you meant one of these, plan again with its code; else ask the site owner for a role that may give it.',
    );
  }
  const why =
    wanted.role === 'site_owner'
      ? ' Salto lists only roles up to your own, and a site has one owner, who alone sees Site Owner here.'
      : ' Salto lists only roles up to your own.';
  const others =
    wanted.role === 'site_owner' && wanted.fallbackRole === null && offered.includes('Site Admin')
      ? 'Others run integrations as Site Admin: plan again with site_admin for sites like this, or ask the site owner.'
      : `Ask the site owner to give you a higher role, or to add the system user as ${wantedName}.`;
  const neither =
    wanted.fallbackRole === null
      ? `You may not give ${wantedName}.`
      : `You may give neither ${wantedName} nor ${roleNamed(wanted.fallbackRole)}.`;
  return none('not_allowed', `${standing} ${neither} ${may}${why}`, others);
}

/** The name on record where it is another one. Blank names say nothing; case and spaces do not count. */
function otherName(known: { firstName: string; lastName: string }, wanted: Wanted): string | null {
  const name = joined(known.firstName, known.lastName);
  if (name === '') return null;
  return folded(name) === folded(joined(wanted.firstName, wanted.lastName)) ? null : name;
}

function joined(first: string, last: string): string {
  return `${first} ${last}`.replace(/\s+/g, ' ').trim();
}

function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

function none(state: SiteState, message: string, nextStep: string): Judgement {
  return { state, action: 'none', message, nextStep };
}
