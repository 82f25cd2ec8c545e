import type { ConnectionInfo } from '../../preload/contract.ts';

type Session = Pick<ConnectionInfo['session'], 'state' | 'expiresAt' | 'failure' | 'nextTryAt'>;

/** How a session stands, for a person: one that is still good, but whose renewal fails, is not in order. */
export type Standing = ConnectionInfo['session']['state'] | 'renewal_fails';

/** The one word for where a session stands. */
export function standingOf({ session }: { readonly session: Session }): Standing {
  const { state, failure, nextTryAt } = session;
  return state === 'signed_in' && (failure !== null || nextTryAt !== null) ? 'renewal_fails' : state;
}

const order = { sign_in_needed: 0, renewal_fails: 1, signed_in: 2, unknown: 3, signed_out: 4 } as const;

/** Sorts what waits for a person first, then what ends first. */
export function byStanding(a: { readonly session: Session }, b: { readonly session: Session }): number {
  return (
    order[standingOf(a)] - order[standingOf(b)] ||
    Math.sign((a.session.expiresAt ?? 1e16) - (b.session.expiresAt ?? 1e16))
  );
}
