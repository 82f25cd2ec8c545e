import type { Progress } from '../../../preload/contract.ts';
import { type Result, fail, ok } from '../../../preload/errors.ts';
import type { Connection } from '../../connections/connection.ts';
import type { SignInEvent } from '../../sessions/grants/grant.ts';
import type { ObtainOptions } from '../../sessions/obtain.ts';
import type { Session } from '../../sessions/session.ts';
import { type TypedConnection, typedConnection } from '../connection-input.ts';
import type { Handlers } from '../dispatcher.ts';
import type { BridgeParts } from '../parts.ts';
import { changeConnection } from './connections.ts';

type Methods = `sessions.${'signIn' | 'signOut' | 'renew' | 'reveal'}`;

export function sessionsHandlers(parts: BridgeParts): Pick<Handlers, Methods> {
  const { console } = parts;
  const { sessions } = console;
  /** As whom each connection was signed in last, as far as this run knows. */
  const subjects = new Map<string, string>();

  async function rememberSubject(connection: Connection): Promise<Result<void>> {
    const stored = await sessions.stored(connection);
    if (!stored.ok) return stored;
    if (stored.value !== null) subjects.set(connection.id, stored.value.subject);
    return ok(undefined);
  }

  return {
    'sessions.signIn': async ({ id, changes }, { signal, progress }) => {
      const typed = typedConnection(changes ?? {});
      if (!typed.ok) return typed;
      const found = console.connections.byId(id);
      if (!found.ok) return found;
      const connection = found.value;
      const known = await rememberSubject(connection);
      if (!known.ok) return known;
      const options = { signal, report: authorizationProgress(progress) };
      const signedIn =
        changes === undefined
          ? await sessions.signIn(connection, options)
          : await signInChanged(parts, id, typed.value, options);
      if (!signedIn.ok) return signedIn;
      const { subject, displayName, expiresAt } = signedIn.value;
      const before = subjects.get(id);
      subjects.set(id, subject);
      if (before !== undefined && before !== subject) {
        // Another person's lists are not this one's.
        const forgotten = await (await console.lists()).forget(id);
        if (!forgotten.ok) return forgotten;
      }
      parts.connectionsChanged();
      return ok({ subject, displayName: displayName ?? null, expiresAt });
    },

    'sessions.signOut': async ({ id }, { signal }) => {
      const found = console.connections.byId(id);
      if (!found.ok) return found;
      const known = await rememberSubject(found.value);
      if (!known.ok) return known;
      const signedOut = await sessions.signOut(found.value, signal);
      if (!signedOut.ok) return signedOut;
      // Who signs out leaves nobody's names behind, in memory or on disk.
      const forgotten = await (await console.lists()).forget(id);
      parts.connectionsChanged();
      if (!forgotten.ok) return forgotten;
      return ok({ revoked: signedOut.value.revoked });
    },

    'sessions.renew': async ({ id }, { signal }) => {
      const found = console.connections.byId(id);
      if (!found.ok) return found;
      const renewed = await sessions.renew(found.value, null, signal);
      // Also after a refusal: it may have ended the session.
      parts.connectionsChanged();
      return renewed.ok ? ok({ expiresAt: renewed.value.expiresAt }) : renewed;
    },

    'sessions.reveal': async ({ id, token }) => {
      const found = console.connections.byId(id);
      if (!found.ok) return found;
      const stored = await sessions.stored(found.value);
      if (!stored.ok) return stored;
      if (stored.value === null) {
        return fail('sign_in_needed', `${found.value.name} is not signed in.`, 'Sign in first.');
      }
      const text = tokenOf(stored.value, token);
      return text === null || text === ''
        ? fail('not_found', `This session has no ${words[token]}.`, 'The provider gave none at sign-in.')
        : ok({ token: text });
    },
  };
}

async function signInChanged(
  parts: BridgeParts,
  id: string,
  { input, credentials }: TypedConnection,
  options: ObtainOptions,
): Promise<Result<Session>> {
  const changed = await changeConnection(parts, id, (name) =>
    parts.console.connections.changeSignedIn(name, input, credentials, options),
  );
  return changed.ok ? ok(changed.value.session) : changed;
}

const words = { access: 'access token', refresh: 'refresh token', id: 'ID token' } as const;

function tokenOf(session: Session, token: keyof typeof words): string | null {
  if (token === 'access') return session.accessToken;
  return token === 'refresh' ? session.refreshToken : session.idToken;
}

/** The address first; the same once more with the reason where no browser could be opened with it. */
function authorizationProgress(progress: (said: Progress) => void): (event: SignInEvent) => void {
  let address = { url: '', redirectUri: '', expiresAt: 0 };
  return (event) => {
    if (event.event === 'authorization_url') {
      address = { url: event.url, redirectUri: event.redirectUri, expiresAt: event.expiresAt };
    }
    const failure = event.event === 'browser_failed' ? event.failure : null;
    progress({ kind: 'authorization', ...address, failure });
  };
}
