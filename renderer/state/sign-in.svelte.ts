/* eslint-disable svelte/prefer-svelte-reactivity -- these are replaced as a whole, or are nothing that is shown */
import type { ConnectionInfo, Input, Progress } from '../../preload/contract.ts';
import type { Failure } from '../../preload/errors.ts';
import { createContext } from 'svelte';
import { inSandboxWords } from '../connections/gone-sandbox.ts';
import { t } from '../messages/text.ts';
import type { ConsoleState } from './console.svelte.ts';
import { complain, say, settle } from './notices.svelte.ts';
import type { Reading } from './reading.svelte.ts';

type Changes = NonNullable<Input<'sessions.signIn'>['changes']>;
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
  /** Signs in; a failure stays here to be read. */
  readonly start: (connection: ConnectionInfo) => Promise<void>;
  /**
   * Signs in as the connection would be with these changes, which are saved when it is let in. A failure is the caller's to
   * show; null where it is done.
   */
  readonly startChanged: (connection: ConnectionInfo, changes: Changes) => Promise<Failure | null>;
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

const nobody: Pick<SignIn, 'connection' | 'failure'> = { connection: null, failure: null };

export function createSignIn(console: ConsoleState, reading: Reading): SignIn {
  const { bridge } = console;
  let connection = $state.raw<ConnectionInfo | null>(null);
  let authorization = $state.raw<Authorization | null>(null);
  let failure = $state.raw<Failure | null>(null);
  let working = $state.raw<ReadonlyMap<string, SessionWork>>(new Map());
  let controller: AbortController | null = null;
  /** The failed sign-in that is being corrected: it is back when the corrected one fails as well. */
  let corrected = nobody;

  async function while_<T>(id: string, what: SessionWork, work: () => Promise<T>): Promise<T> {
    settle(id);
    working = new Map([...working, [id, what]]);
    try {
      return await work();
    } finally {
      working = new Map([...working].filter(([other]) => other !== id));
    }
  }

  async function run(chosen: ConnectionInfo, changes?: Changes): Promise<Failure | null> {
    controller?.abort();
    const own = new AbortController();
    controller = own;
    corrected = changes === undefined || failure === null ? nobody : { connection, failure };
    connection = chosen;
    authorization = null;
    failure = null;
    const answer = await while_(chosen.id, 'signIn', () =>
      bridge.call('sessions.signIn', changes === undefined ? { id: chosen.id } : { id: chosen.id, changes }, {
        signal: own.signal,
        progress: (progress) => {
          if (controller === own && progress.kind === 'authorization') authorization = progress;
        },
      }),
    );
    if (controller === own) {
      controller = null;
      if (answer.ok) connection = null;
      else if (changes !== undefined) ({ connection, failure } = corrected);
      else if (answer.error.code === 'cancelled') connection = null;
      else failure = answer.error;
    }
    await console.reloadConnections();
    if (!answer.ok) return answer.error;
    const name = changes?.name ?? chosen.name;
    say(t('signIn.done', { name, subject: answer.value.displayName ?? answer.value.subject }));
    if (console.providers.some(({ id, lists }) => id === chosen.provider && lists))
      void reading.read({ connections: [chosen.id], users: false });
    return null;
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
    async start(chosen) {
      await run(chosen);
    },
    startChanged: run,
    cancel() {
      controller?.abort();
      ({ connection, failure } = controller === null ? nobody : corrected);
      controller = null;
    },
    async renew(renewed) {
      const { id, name } = renewed;
      const answer = await while_(id, 'renew', () => bridge.call('sessions.renew', { id }));
      // First how it stands now: where that is on the screen it is not said twice.
      await console.reloadConnections();
      if (answer.ok) say(t('session.renewed', { name }));
      else
        complain(t('session.notRenewed', { name }), inSandboxWords(renewed, answer.error, console.info), id);
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
