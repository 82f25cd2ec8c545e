/* eslint-disable svelte/prefer-svelte-reactivity -- these are replaced as a whole, or are nothing that is shown */
import type { ConnectionInfo, Progress } from '../../preload/contract.ts';
import type { Failure } from '../../preload/errors.ts';
import { createContext } from 'svelte';
import { t } from '../messages/text.ts';
import type { ConsoleState } from './console.svelte.ts';
import { complain, say, settle } from './notices.svelte.ts';
import type { Reading } from './reading.svelte.ts';

type Authorization = Extract<Progress, { kind: 'authorization' }>;

export type SessionWork = 'signIn' | 'renew' | 'signOut';

/** A sign-in under way, or one that failed and waits for the person to read why. */
export interface SignIn {
  readonly connection: ConnectionInfo | null;
  /** Where to sign in; null while the port is being opened. */
  readonly authorization: Authorization | null;
  readonly failure: Failure | null;
  /** What a connection does right now; null where nothing. */
  readonly busy: (connection: string) => SessionWork | null;
  readonly start: (connection: ConnectionInfo) => Promise<void>;
  /** Ends the one under way, or puts a failed one away. */
  readonly cancel: () => void;
  readonly renew: (connection: ConnectionInfo) => Promise<void>;
  readonly signOut: (connection: ConnectionInfo) => Promise<void>;
}

export const [getSignIn, setSignIn] = createContext<SignIn>();

/** True for the grants that need a person at a browser. */
export function interactive(connection: Pick<ConnectionInfo, 'grant'>): boolean {
  return connection.grant === 'authorization_code' || connection.grant === 'implicit';
}

export function createSignIn(console: ConsoleState, reading: Reading): SignIn {
  const { bridge } = console;
  let connection = $state.raw<ConnectionInfo | null>(null);
  let authorization = $state.raw<Authorization | null>(null);
  let failure = $state.raw<Failure | null>(null);
  let working = $state.raw<ReadonlyMap<string, SessionWork>>(new Map());
  let controller: AbortController | null = null;

  async function while_<T>(id: string, what: SessionWork, work: () => Promise<T>): Promise<T> {
    settle(id);
    working = new Map([...working, [id, what]]);
    try {
      return await work();
    } finally {
      working = new Map([...working].filter(([other]) => other !== id));
    }
  }

  async function start(chosen: ConnectionInfo): Promise<void> {
    controller?.abort();
    const own = new AbortController();
    controller = own;
    connection = chosen;
    authorization = null;
    failure = null;
    const answer = await while_(chosen.id, 'signIn', () =>
      bridge.call(
        'sessions.signIn',
        { id: chosen.id },
        {
          signal: own.signal,
          progress: (progress) => {
            if (controller === own && progress.kind === 'authorization') authorization = progress;
          },
        },
      ),
    );
    if (controller === own) {
      controller = null;
      if (answer.ok || answer.error.code === 'cancelled') connection = null;
      else failure = answer.error;
    }
    await console.reloadConnections();
    if (!answer.ok) return;
    say(t('signIn.done', { name: chosen.name, subject: answer.value.displayName ?? answer.value.subject }));
    if (console.providers.some(({ id, lists }) => id === chosen.provider && lists))
      void reading.read({ connections: [chosen.id], users: false });
  }

  return {
    get connection() {
      return connection;
    },
    get authorization() {
      return authorization;
    },
    get failure() {
      return failure;
    },
    busy: (id) => working.get(id) ?? null,
    start,
    cancel() {
      controller?.abort();
      controller = null;
      connection = null;
    },
    async renew({ id, name }) {
      const answer = await while_(id, 'renew', () => bridge.call('sessions.renew', { id }));
      if (answer.ok) say(t('session.renewed', { name }));
      else complain(t('session.notRenewed', { name }), answer.error, id);
      await console.reloadConnections();
    },
    async signOut({ id, name }) {
      const answer = await while_(id, 'signOut', () => bridge.call('sessions.signOut', { id }));
      if (!answer.ok) complain(t('session.notSignedOut', { name }), answer.error, id);
      else if (answer.value.revoked === 'failed') say(t('session.signedOutNotRevoked', { name }));
      else say(t('session.signedOut', { name }));
      await console.reloadConnections();
    },
  };
}
