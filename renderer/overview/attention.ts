import type { ConnectionInfo, ListState, Output, VaultInfo } from '../../preload/contract.ts';
import { sandboxIsGone } from '../connections/gone-sandbox.ts';
import { nextStep } from '../connections/next-step.ts';
import type { Failure } from '../../preload/errors.ts';
import { inOneLine } from '../format/failure.ts';
import { span } from '../format/time.ts';
import { t } from '../messages/text.ts';
import { whatIsShut } from '../state/shut.ts';

/** One thing that waits for a person, as a sentence, with what to do about it. */
export interface Attention {
  readonly key: string;
  /** Urgent things are counted in the top bar. */
  readonly urgent: boolean;
  readonly message: string;
  readonly hint: string;
  readonly act:
    | { readonly kind: 'sign_in' | 'open'; readonly connection: string }
    | {
        readonly kind: 'read';
        readonly connection: string;
        readonly installation: string | null;
        readonly users: boolean;
      }
    | { readonly kind: 'look'; readonly state: string }
    | { readonly kind: 'sandbox' }
    | null;
}

export interface Situation {
  readonly vault: VaultInfo | null;
  readonly connections: readonly ConnectionInfo[];
  readonly lists: readonly ListState[];
  readonly now: number;
  /** Whether the sandbox runs in this console; null where that is not known. */
  readonly info?: Pick<Output<'app.info'>, 'sandbox'> | null;
  /** How many installations are in each state, where that was counted. */
  readonly states?: Output<'lists.overview'>['states'];
}

/** Failures of a list that are the session's. */
const waitsForSignIn: ReadonlySet<string> = new Set(['sign_in_needed', 'session_refused']);
const soonMs = 60 * 60_000;
const oldMs = 24 * 60 * 60_000;

/** What needs attention, the most urgent first. */
export function attention({
  vault,
  connections,
  lists,
  now,
  info = null,
  states = [],
}: Situation): Attention[] {
  const items: Attention[] = [];
  if (vault !== null && vault.state !== 'open') {
    items.push({
      key: 'vault',
      urgent: true,
      message: whatIsShut(vault),
      hint: t('attention.vault'),
      act: null,
    });
  }
  const own = new Map(connections.map((one) => [one.id, one]));
  const isGone = (id: string, failure: Failure | null): boolean => {
    const of = own.get(id);
    return of !== undefined && sandboxIsGone(of, failure, info);
  };
  // What all its connections and lists wait for is said once.
  if (
    connections.some(({ id, session }) => isGone(id, session.failure)) ||
    lists.some(({ connection, failure, loading }) => !loading && isGone(connection, failure))
  )
    items.push({
      key: 'sandbox',
      urgent: true,
      message: t('sandbox.notRunning'),
      hint: t('sandbox.goneHint'),
      act: { kind: 'sandbox' },
    });
  for (const { id, name, session } of connections) {
    if (session.state !== 'sign_in_needed') continue;
    items.push({
      key: `session ${id}`,
      urgent: true,
      message: t('attention.signIn', { name }),
      hint: session.failure === null ? t('attention.signInHint') : inOneLine(session.failure),
      act: { kind: 'sign_in', connection: id },
    });
  }
  const signedIn = new Set(
    connections.filter(({ session }) => session.state === 'signed_in').map(({ id }) => id),
  );
  const toSignIn = new Set(
    connections.filter(({ session }) => session.state === 'sign_in_needed').map(({ id }) => id),
  );
  for (const list of lists) {
    if (list.failure === null || list.loading || list.failure.code === 'cancelled') continue;
    if (isGone(list.connection, list.failure)) continue;
    // One thing to do is said once: signing in is what this list waits for too.
    if (waitsForSignIn.has(list.failure.code) && toSignIn.has(list.connection)) continue;
    items.push({
      key: `list ${list.kind} ${list.connection} ${list.installation?.id ?? ''}`,
      urgent: true,
      message:
        list.installation === null
          ? t('attention.installationsFailed', { name: list.connectionName })
          : t('attention.usersFailed', { installation: list.installation.name, name: list.connectionName }),
      hint: inOneLine(list.failure),
      act: signedIn.has(list.connection)
        ? {
            kind: 'read',
            connection: list.connection,
            installation: list.installation?.id ?? null,
            users: list.kind === 'users',
          }
        : null,
    });
  }
  for (const { id, name, session } of connections) {
    const { failure, nextTryAt } = session;
    if (session.state !== 'signed_in' || failure === null || isGone(id, failure)) continue;
    const change = nextStep({ session }, now) === 'change';
    const next = change
      ? t('attention.renewalFailsChange')
      : nextTryAt === null
        ? t('attention.renewalFailsStuck')
        : t('attention.renewalFailsHint', { span: span(Math.max(0, nextTryAt - now)) });
    items.push({
      key: `renewal ${id}`,
      urgent: change || nextTryAt === null,
      message: t('attention.renewalFails', { name }),
      hint: `${failure.message} ${next}`,
      act: { kind: 'open', connection: id },
    });
  }
  for (const { id, name, session } of connections) {
    const { signInBy: end, warnFrom } = session;
    if (session.state !== 'signed_in' || end === null || end <= now || now < (warnFrom ?? end)) continue;
    items.push({
      key: `ends ${id}`,
      urgent: end - now < soonMs,
      message: t('attention.ends', { name, span: span(end - now) }),
      hint: t('attention.endsHint'),
      act: { kind: 'sign_in', connection: id },
    });
  }
  for (const { id, name, session } of connections) {
    if (session.state !== 'signed_out') continue;
    items.push({
      key: `out ${id}`,
      urgent: false,
      message: t('attention.signedOut', { name }),
      hint: session.failure === null ? t('attention.signedOutHint') : inOneLine(session.failure),
      act: { kind: 'sign_in', connection: id },
    });
  }
  for (const { state, unusual, installations, name } of states) {
    if (!unusual) continue;
    items.push({
      key: `state ${state}`,
      urgent: false,
      message:
        name === null
          ? t('attention.state', { count: installations, state })
          : t('attention.stateOne', { name, state }),
      hint: t('attention.stateHint'),
      act: { kind: 'look', state },
    });
  }
  const old = lists.filter(
    (list) => list.complete && list.fetchedAt !== null && now - list.fetchedAt > oldMs,
  );
  const oldest = Math.min(...old.map((list) => list.fetchedAt ?? now));
  if (old.length > 0) {
    items.push({
      key: 'old',
      urgent: false,
      message: t('attention.old', { count: old.length }),
      hint: t('attention.oldHint', { span: span(now - oldest) }),
      act: null,
    });
  }
  return items;
}
