import type { ConnectionInfo } from '../../preload/contract.ts';

/**
 * The connections of which nothing that failed before holds any more: they are gone, were changed, stand otherwise, or what
 * kept them from being renewed is over.
 */
export function pastTrouble(before: readonly ConnectionInfo[], now: readonly ConnectionInfo[]): string[] {
  const current = new Map(now.map((one) => [one.id, one]));
  return before.filter((one) => isPast(one, current.get(one.id))).map(({ id }) => id);
}

function isPast({ session: was, ...before }: ConnectionInfo, one: ConnectionInfo | undefined): boolean {
  if (one === undefined) return true;
  const { session: is, ...after } = one;
  if (was.state !== is.state || JSON.stringify(before) !== JSON.stringify(after)) return true;
  return was.failure !== null && was.failure.message !== is.failure?.message;
}
