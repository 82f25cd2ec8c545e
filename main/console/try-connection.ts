import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Failure, type Result, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { addConnection } from '../connections/connections.ts';
import { type ConnectionInput, describeConnection } from '../connections/describe.ts';
import { connectionApiBase, connectionEndpoints } from '../connections/endpoints.ts';
import { checkEndpointUrl } from '../http/endpoint-url.ts';
import { checkProviderId, providerOf } from '../providers/catalogue.ts';
import type { ProviderId } from '../providers/provider.ts';
import { reach } from '../sessions/reach.ts';
import type { Session } from '../sessions/session.ts';
import { createSessions } from '../sessions/sessions.ts';
import { lockFolder } from '../sessions/lock-folder.ts';
import { openMemoryVault } from '../vault/memory.ts';
import { updateSecrets } from '../vault/secrets.ts';
import type { CredentialsInput } from './manage-connections.ts';
import type { ServiceParts, StepProgress } from './parts.ts';
import { providerContext } from './provider-context.ts';

/** One thing that was tried, in the order in which a sign-in needs them. */
export interface TrialStep {
  readonly name: 'Settings' | 'Server' | 'Sign-in' | 'Lists';
  readonly ok: boolean;
  /** One sentence: what was found, or what went wrong. */
  readonly message: string;
  readonly failure: Failure | null;
}

/**
 * Tries what was typed without saving anything: whether the settings fit together, whether the server is where they say,
 * and, for the grants that need nobody present, whether it lets us in and shows a first page of installations. Stops at
 * the first step that fails. Tokens and credentials stay in memory, and the tokens are revoked where the server can.
 */
export async function tryConnection(
  parts: ServiceParts,
  provider: ProviderId,
  input: ConnectionInput,
  credentials: CredentialsInput,
  signal: AbortSignal,
  progress?: StepProgress,
): Promise<readonly TrialStep[]> {
  const home = await mkdtemp(path.join(tmpdir(), 'latchkey-trial-'));
  const vault = openMemoryVault();
  const trial = { ...parts, home, vault };
  const sessions = createSessions(trial);
  const steps: TrialStep[] = [];
  let of = 0;
  /** Notes the step; the value where it went well. */
  const step = <T>(name: TrialStep['name'], result: Result<T>, said: (value: T) => string): T | null => {
    steps.push(
      result.ok
        ? { name, ok: true, message: said(result.value), failure: null }
        : { name, ok: false, message: result.error.message, failure: result.error },
    );
    if (of > 0) progress?.(steps.length, of);
    return result.ok ? result.value : null;
  };
  try {
    const known = checkProviderId(provider);
    if (!known.ok) {
      step('Settings', known, () => '');
      return steps;
    }
    const profile = parts.profileOf(provider);
    const described = describeConnection(
      profile,
      // What it will be called makes no difference to whether it works.
      { ...input, name: input.name?.trim() ? input.name : 'trial' },
      { clientSecret: credentials.clientSecret !== undefined },
      {
        id: randomUUID(),
        createdAt: new Date(parts.clock.now()).toISOString(),
        checkUrl: checkEndpointUrl,
      },
    );
    const connection = step('Settings', described, () => 'The settings fit together.');
    if (connection === null) return steps;
    const unattended = connection.grant === 'client_credentials' || connection.grant === 'password';
    const lists = Object.keys(profile.paths).length > 0;
    of = !unattended ? 2 : lists ? 4 : 3;
    progress?.(steps.length, of);
    const server = await findThere(trial, connection, credentials, signal);
    if (step('Server', server, (said) => said) === null) return steps;
    if (!unattended) return steps;

    // In the trial's own settings: no session is kept for a connection that is in none.
    const listed = await addConnection(home, connection);
    if (!listed.ok) {
      step('Sign-in', listed, () => '');
      return steps;
    }
    const stored = await updateSecrets<Session>(vault, lockFolder(home), connection.id, (before) => ({
      ...before,
      credentials: { ...credentials },
    }));
    const signedIn = stored.ok ? await sessions.signIn(connection, { signal }) : stored;
    if (step('Sign-in', signedIn, ({ subject }) => `Signed in as ${subject}.`) === null) return steps;
    if (lists) {
      const page = await firstPage({ ...trial, sessions }, connection, signal);
      step('Lists', page, (rows) => foundSentence(rows, profile.installationWord));
    }
    await sessions.signOut(connection);
    return steps;
  } finally {
    await vault.close();
    await rm(home, { recursive: true, force: true });
  }
}

const reachMs = 30_000;

/** Discovery where there is some; else whether anything answers at the token endpoint's host. */
async function findThere(
  parts: ServiceParts,
  connection: Connection,
  credentials: CredentialsInput,
  signal: AbortSignal,
): Promise<Result<string>> {
  const profile = parts.profileOf(connection.provider);
  const { findServer } = await import('../sessions/server.ts');
  const found = await findServer(connection, {
    http: parts.http,
    clock: parts.clock,
    profile,
    credentials,
    signal,
  });
  if (!found.ok) return found;
  const given = connectionEndpoints(connection, profile);
  if (given.issuer !== undefined && profile.discovery) {
    return ok(`${new URL(given.issuer).host} describes its endpoints.`);
  }
  const address = given.tokenEndpoint ?? given.authorizationEndpoint;
  if (address === undefined) return ok('Nothing has to be found.');
  const reached = await reach(parts.http, address, { timeoutMs: reachMs, signal });
  return reached.ok ? ok(`${new URL(address).host} answers.`) : reached;
}

async function firstPage(
  parts: ServiceParts,
  connection: Connection,
  signal: AbortSignal,
): Promise<Result<{ readonly rows: number; readonly total: number | null }>> {
  const base = connectionApiBase(connection, parts.profileOf(connection.provider));
  if (!base.ok) return base;
  const context = providerContext(parts, connection, { signal });
  if (!context.ok) return context;
  for await (const page of (await providerOf(connection.provider)).listInstallations(context.value)) {
    return page.ok ? ok({ rows: page.value.rows.length, total: page.value.total }) : page;
  }
  return ok({ rows: 0, total: 0 });
}

function foundSentence({ rows, total }: { rows: number; total: number | null }, word: string): string {
  const count = total ?? rows;
  const more = total === null && rows > 0 ? ' or more' : '';
  return count === 1 && more === '' ? `It shows one ${word}.` : `It shows ${count}${more} ${word}s.`;
}
