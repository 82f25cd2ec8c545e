import type { systemUserVerdicts } from '../../preload/contract.ts';
import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { SiteMember } from '../providers/system-users.ts';
import { judgeSite } from './judge.ts';
import { type Platform, concernsAll, lookAt, readSites } from './look.ts';
import type { Plan, PlanRow } from './plan.ts';
import { hasRole, roleNamed } from './roles.ts';
import { sideBySide } from './side-by-side.ts';

export type Verdict = (typeof systemUserVerdicts)[number];

export interface RowVerdict {
  readonly site: string;
  readonly verdict: Verdict;
  /** The names of the roles that were seen. */
  readonly roles: readonly string[];
  readonly message: string;
  readonly nextStep: string;
}

export interface VerifyParts {
  /** As the system user. */
  readonly systemUser: Platform;
  /** As the person who manages the sites, to tell why one is missing; null where nobody is signed in. */
  readonly manager: Platform | null;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, of: number) => void;
}

export interface Verified {
  readonly rows: readonly RowVerdict[];
  /** Sites that it reaches and the plan does not name. */
  readonly beyond: number;
}

/** Verdicts that are no drift: as planned, or never expected to work. */
const asPlanned: readonly Verdict[] = ['reachable', 'open'];

/** Whether a row is not as the plan wants it. */
export function isDrift({ verdict }: Pick<RowVerdict, 'verdict'>): boolean {
  return !asPlanned.includes(verdict);
}

/**
 * Compares what the system user reaches with the plan. Rows that the plan could not put right are `open` until they
 * work; all others have to be reachable with the planned role. Changes nothing.
 */
export async function verifyPlan(parts: VerifyParts, plan: Plan): Promise<Result<Verified>> {
  const { systemUser, signal } = parts;
  const sites = await readSites(systemUser);
  if (!sites.ok) return sites;
  const reached = new Set(sites.value.map(({ id }) => id));
  const rows: RowVerdict[] = new Array<RowVerdict>(plan.rows.length);
  let done = 0;
  const stopped: Failure[] = [];
  parts.progress?.(done, plan.rows.length);
  await sideBySide(
    [...plan.rows.entries()],
    async ([place, row]) => {
      const judged = reached.has(row.site.id)
        ? await judgeReached(parts, plan, row)
        : await judgeMissing(parts, plan, row);
      if (judged.failure !== null && concernsAll(judged.failure)) stopped.push(judged.failure);
      rows[place] = { site: row.site.id, ...judged.verdict };
      done += 1;
      parts.progress?.(done, plan.rows.length);
    },
    () => stopped.length > 0 || signal?.aborted === true,
  );
  if (stopped[0] !== undefined) return { ok: false, error: stopped[0] };
  if (signal?.aborted === true) {
    return fail('cancelled', 'Verifying was cancelled.', 'It changes nothing; verify again when you like.');
  }
  const planned = new Set(plan.rows.map(({ site }) => site.id));
  return ok({ rows, beyond: [...reached].filter((id) => !planned.has(id)).length });
}

interface Judged {
  readonly verdict: Omit<RowVerdict, 'site'>;
  readonly failure: Failure | null;
}

async function judgeReached({ systemUser }: VerifyParts, plan: Plan, row: PlanRow): Promise<Judged> {
  const own = await systemUser.api.ownMember(systemUser.context, row.site.id);
  if (!own.ok) {
    return {
      failure: own.error,
      verdict: { verdict: 'unread', roles: [], message: own.error.message, nextStep: own.error.hint },
    };
  }
  return { failure: null, verdict: roleVerdict(own.value, plan, row) };
}

function roleVerdict(own: SiteMember, plan: Plan, row: PlanRow): Omit<RowVerdict, 'site'> {
  const roles = own.roles.map(({ name }) => name);
  const expected = isExpected(row);
  const barred = own.suspended ? suspended : own.blocked ? blocked : null;
  if (barred !== null) return { ...barred, roles, verdict: expected ? barred.verdict : 'open' };
  const wanted = row.role?.name ?? roleNamed(plan.systemUser.role);
  if (hasRole(own.roles, plan.systemUser, row.role)) {
    return {
      verdict: 'reachable',
      roles,
      message: `The system user reaches this site as ${roles.join(', ')}.`,
      nextStep: 'Nothing to do.',
    };
  }
  if (roles.length === 0) {
    return {
      verdict: expected ? 'lower_role' : 'open',
      roles,
      message:
        'The system user reaches this site and has no role there yet. A new user can go without one for a minute.',
      nextStep:
        'Verify again in a minute. If it still has none, somebody took it away: give it one in the web application.',
    };
  }
  return {
    verdict: expected ? 'lower_role' : 'open',
    roles,
    message: `The system user reaches this site as ${roles.join(', ')}; planned is ${wanted}.`,
    nextStep: expected
      ? 'Make a new plan and apply it: it changes the role. If Salto refused that before, plan this site with another role.'
      : row.nextStep,
  };
}

/** Rows that applying the plan leaves right: those that were, and those it changes. */
function isExpected({ state, action }: PlanRow): boolean {
  return action !== 'none' || state === 'right_role' || state === 'invited' || state === 'unsettled';
}

async function judgeMissing({ manager }: VerifyParts, plan: Plan, row: PlanRow): Promise<Judged> {
  if (!isExpected(row)) {
    return {
      failure: null,
      verdict: {
        verdict: 'open',
        roles: [],
        message: `The plan could do nothing here, and the system user does not reach it. ${row.message}`,
        nextStep: row.nextStep,
      },
    };
  }
  if (manager === null) return { failure: null, verdict: missing };
  const look = await lookAt(manager, row.site, plan.systemUser);
  if (look.failure !== null) {
    const gone = look.failure.code === 'not_found';
    return {
      // The manager's own trouble does not spoil what the system user saw.
      failure: null,
      verdict: gone
        ? {
            verdict: 'gone',
            roles: [],
            message: `The site is not there any more. ${look.failure.message}`,
            nextStep: 'Make a new plan without it.',
          }
        : { ...missing, message: `${missing.message} ${look.failure.message}` },
    };
  }
  const roles = look.member?.roles.map(({ name }) => name) ?? [];
  const now = judgeSite({ ...row.site, state: null, manageable: true, seats: null }, look, plan.systemUser);
  return { failure: null, verdict: { ...whyMissing(now), roles } };
}

const missing = {
  verdict: 'missing',
  roles: [],
  message: 'The system user does not reach this site: it was not added, has not accepted, or lost its seat.',
  nextStep: 'Sign in as the person who made the plan and verify again: then the reason is known.',
} as const;

const suspended = {
  verdict: 'suspended',
  message: 'The system user is at this site without a seat, and so does not reach it.',
  nextStep: 'Buy a seat for this site, or free one; then make a new plan, which gives it the seat.',
} as const;

const blocked = {
  verdict: 'blocked',
  message: 'The site is in the list of the system user, and somebody blocked it there.',
  nextStep: 'Find out why, and unblock it in the web application.',
} as const;

/** Why a site is missing, as its manager sees it. */
function whyMissing({ state, message, nextStep }: PlanRow): Omit<RowVerdict, 'site' | 'roles'> {
  switch (state) {
    case 'suspended':
      return suspended;
    case 'blocked':
    case 'expired':
    case 'invited':
      return { verdict: state, message, nextStep };
    case 'absent':
    case 'full':
    case 'not_allowed':
      return {
        verdict: 'absent',
        message: 'The system user is not at this site.',
        nextStep:
          'Make a new plan and apply it. If Salto refused that before, plan this site with another role; if it was there before, ask who removed it.',
      };
    default:
      return {
        verdict: 'missing',
        message: `The system user does not reach this site. ${message}`,
        nextStep,
      };
  }
}
