import path from 'node:path';
import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { findConnection, listConnections } from '../connections/connections.ts';
import type { ConnectionInput } from '../connections/describe.ts';
import { connectionApiBase } from '../connections/endpoints.ts';
import { typedName } from '../connections/typed-name.ts';
import { withLock } from '../lock.ts';
import { providerOf } from '../providers/catalogue.ts';
import type { ServiceReach } from '../providers/system-users.ts';
import { lockFolder } from '../sessions/lock-folder.ts';
import { type Applied, type ApplyParts, applyPlan } from '../system-user/apply.ts';
import { type JournalEntry, openJournal, recordedOf } from '../system-user/journal.ts';
import { type Platform, readSites } from '../system-user/look.ts';
import { type SiteChoice, makePlan } from '../system-user/make-plan.ts';
import { type Plan, type PlanRow, type Wanted, changesOf } from '../system-user/plan.ts';
import { settledOutcomes } from '../system-user/results.ts';
import { type Verified, verifyPlan } from '../system-user/verify.ts';
import { watchInvitations } from '../system-user/watch.ts';
import { type ConnectionChanges, type CredentialsInput, connectionChanges } from './manage-connections.ts';
import type { ServiceParts } from './parts.ts';
import { type ContextOptions, providerContext } from './provider-context.ts';

export interface JobOptions extends ContextOptions {
  readonly signal: AbortSignal;
  readonly progress?: (said: {
    readonly phase: 'sites' | 'planning' | 'applying' | 'watching' | 'verifying';
    readonly done: number;
    readonly of: number | null;
  }) => void;
}

export interface ConnectInput {
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly password: string;
}

/** What can be looked at of a service's credentials, and what of the expected is missing. */
export interface Reached extends ServiceReach {
  readonly missing: readonly string[];
}

/** Setting up the system user of a server integration, step by step. Nothing here keeps a plan: whoever calls has it. */
export interface SystemUserService {
  /** Errors: input_invalid (a platform without system users), sign_in_needed, and those of {@link makePlan}. */
  plan(
    connection: Connection,
    wanted: Wanted,
    choice: SiteChoice,
    options: JobOptions,
  ): Promise<Result<Plan>>;
  /** The connection that a plan is applied with. Errors: not_found, input_invalid (it leads elsewhere now). */
  connectionOf(plan: Plan): Result<Connection>;
  /** Sentences to read before a plan is applied: what changed since it was made. */
  review(plan: Plan, options: JobOptions): Promise<Result<readonly string[]>>;
  /** One at a time in a profile. Errors: timeout (another one is at it), and those of {@link applyPlan}. */
  apply(
    plan: Plan,
    options: JobOptions & { readonly settled?: ApplyParts['progress'] },
  ): Promise<Result<Applied>>;
  /** Sites of a plan where an invitation waits, as far as the plan and the record tell. */
  waiting(plan: Plan): Promise<Result<readonly string[]>>;
  /** The sites among these whose invitation is accepted, when all are. */
  watch(
    plan: Plan,
    sites: readonly string[],
    options: JobOptions & { readonly atMostMs?: number | null },
  ): Promise<Result<readonly string[]>>;
  /**
   * Adds or corrects the connection of the system user, and signs it in. One that is corrected stays as it was until the
   * new password is let in. One that was added and is not let in is taken back: whoever tries again with another name would
   * leave it there, with a secret that is wrong.
   */
  connect(plan: Plan, input: ConnectInput, signal: AbortSignal): Promise<Result<Connection>>;
  /** Signs the system user in where it is not, and compares. */
  verify(plan: Plan, connection: Connection, options: JobOptions): Promise<Result<Verified>>;
  /** Everything that was done on this computer, oldest first. */
  record(): Promise<Result<readonly JournalEntry[]>>;
  /** As whom a service acts and what it reaches: Nebula, Konexus, Smartenit. */
  reach(
    connection: Connection,
    expected: readonly string[],
    options: ContextOptions,
  ): Promise<Result<Reached>>;
}

const dayMs = 24 * 60 * 60 * 1000;
/** Another run is told at once: it takes minutes. */
const lockMs = 500;

export function systemUserService(parts: ServiceParts): SystemUserService {
  const journal = openJournal(parts.home);

  async function platformOf(connection: Connection, options: ContextOptions): Promise<Result<Platform>> {
    const { profile, systemUsers } = await providerOf(connection.provider);
    if (systemUsers === undefined) {
      return fail(
        'input_invalid',
        `${profile.label} has no system users to set up: its integrations have credentials of their own.`,
        `See what those reach with: latchkey system-user reach ${typedName(connection)}`,
      );
    }
    const context = providerContext(parts, connection, options);
    return context.ok ? ok({ api: systemUsers, context: context.value }) : context;
  }

  async function subjectOf(connection: Connection): Promise<Result<string>> {
    const access = await parts.sessions.access(connection);
    return access.ok ? ok(access.value.session.subject) : access;
  }

  function connectionOf(plan: Plan): Result<Connection> {
    const list = listConnections(parts.home);
    if (!list.ok) return list;
    const { id, name, apiBase } = plan.connection;
    // On another computer the connection has another id; its name is what people keep the same.
    const found = list.value.find((one) => one.id === id) ?? list.value.find((one) => one.name === name);
    if (found === undefined) {
      return fail(
        'not_found',
        `The plan was made with the connection ${name}, which is not here.`,
        'Add a connection of that name to the same platform, or make a new plan.',
      );
    }
    const base = connectionApiBase(found, parts.profileOf(found.provider));
    if (!base.ok) return base;
    if (base.value === apiBase) return ok(found);
    return fail(
      'input_invalid',
      `The plan was made of ${apiBase}; ${name} leads to ${base.value} now.`,
      'Make a new plan with the connection as it is.',
    );
  }

  return {
    async plan(connection, wanted, choice, options) {
      const platform = await platformOf(connection, options);
      if (!platform.ok) return platform;
      const subject = await subjectOf(connection);
      if (!subject.ok) return subject;
      const { id, name } = connection;
      return makePlan(
        {
          platform: platform.value,
          clock: parts.clock,
          connection: { id, name, apiBase: platform.value.context.apiBase },
          subject: subject.value,
          signal: options.signal,
          ...(options.progress && { progress: options.progress }),
        },
        wanted,
        choice,
      );
    },

    connectionOf,

    async review(plan, options) {
      const connection = connectionOf(plan);
      if (!connection.ok) return connection;
      const platform = await platformOf(connection.value, options);
      if (!platform.ok) return platform;
      const subject = await subjectOf(connection.value);
      if (!subject.ok) return subject;
      const sites = await readSites(platform.value, (done) =>
        options.progress?.({ phase: 'sites', done, of: null }),
      );
      if (!sites.ok) return sites;
      const there = new Set(sites.value.map(({ id }) => id));
      const gone = changesOf(plan).filter(({ site }) => !there.has(site.id));
      const days = Math.floor((parts.clock.now() - Date.parse(plan.madeAt)) / dayMs);
      return ok([
        ...(days >= 1
          ? [`The plan is ${days === 1 ? 'a day' : `${days} days`} old. Every site is looked at again first.`]
          : []),
        ...(subject.value === plan.madeBy
          ? []
          : [
              'It was made by somebody else than the one who is signed in now, who may be allowed other things.',
            ]),
        ...(gone.length > 0 ? [goneSentence(gone.map(({ site }) => site.name))] : []),
      ]);
    },

    async apply(plan, options) {
      const connection = connectionOf(plan);
      if (!connection.ok) return connection;
      const looking = await platformOf(connection.value, options);
      if (!looking.ok) return looking;
      const { waiting, warned } = options;
      const changing = await platformOf(connection.value, {
        ...(waiting && { waiting }),
        ...(warned && { warned }),
      });
      if (!changing.ok) return changing;
      const subject = await subjectOf(connection.value);
      if (!subject.ok) return subject;
      const lock = path.join(lockFolder(parts.home), 'system-user');
      const applied = await withLock(lock, { timeoutMs: lockMs, signal: options.signal }, () =>
        applyPlan(
          {
            looking: looking.value,
            changing: changing.value,
            journal,
            clock: parts.clock,
            connection: connection.value.id,
            subject: subject.value,
            signal: options.signal,
            progress: (done, of, result) => {
              options.progress?.({ phase: 'applying', done, of });
              options.settled?.(done, of, result);
            },
            ...(waiting && { waiting: (until) => waiting(until - parts.clock.now(), 0) }),
          },
          plan,
        ),
      );
      if (applied.ok) return applied.value;
      return applied.error.code === 'timeout'
        ? fail(
            'timeout',
            'Another Latchkey is applying a plan in this profile.',
            'Let it end, or cancel it there. Nothing was changed here.',
          )
        : applied;
    },

    async waiting(plan) {
      const entries = await journal.read();
      if (!entries.ok) return entries;
      const recorded = recordedOf(entries.value, plan.id);
      const waits = ({ site, state }: PlanRow): boolean => {
        const result = recorded.get(site.id)?.result;
        return (
          state === 'invited' || (result?.action === 'invite' && settledOutcomes.includes(result.outcome))
        );
      };
      return ok(plan.rows.filter(waits).map(({ site }) => site.id));
    },

    async watch(plan, sites, options) {
      const connection = connectionOf(plan);
      if (!connection.ok) return connection;
      const platform = await platformOf(connection.value, options);
      if (!platform.ok) return platform;
      return watchInvitations(
        {
          platform: platform.value,
          clock: parts.clock,
          signal: options.signal,
          ...(options.atMostMs !== undefined && { atMostMs: options.atMostMs }),
          progress: (done, of) => options.progress?.({ phase: 'watching', done, of }),
        },
        plan,
        sites,
      );
    },

    async connect(plan, input, signal) {
      const manager = connectionOf(plan);
      if (!manager.ok) return manager;
      const changes = connectionChanges(parts);
      const wanted = systemUserConnection(manager.value, plan, input);
      const there = findConnection(parts.home, input.name);
      // One of that name which is the same system user's is corrected: the secret may have been mistyped the first time.
      if (there.ok && isOf(there.value, manager.value, plan)) {
        const corrected = await changes.changeSignedIn(there.value.name, wanted.input, wanted.credentials, {
          signal,
        });
        return corrected.ok ? ok(corrected.value.connection) : corrected;
      }
      const added = await changes.add(manager.value.provider, wanted.input, wanted.credentials);
      if (!added.ok) return added;
      const signedIn = await parts.sessions.signIn(added.value, { signal });
      return signedIn.ok
        ? added
        : { ok: false, error: await takenBack(changes, added.value, signedIn.error) };
    },

    async verify(plan, connection, options) {
      const systemUser = await platformOf(connection, options);
      if (!systemUser.ok) return systemUser;
      const apiBase = systemUser.value.context.apiBase;
      if (apiBase !== plan.connection.apiBase) {
        return fail(
          'input_invalid',
          `${connection.name} leads to ${apiBase}; the plan was made of ${plan.connection.apiBase}.`,
          'Verify with the connection of the system user at the same platform.',
        );
      }
      const { email } = plan.systemUser;
      if (connection.grant === 'password' && connection.username?.toLowerCase() !== email.toLowerCase()) {
        return fail(
          'input_invalid',
          `${connection.name} signs in as ${connection.username ?? 'nobody'}; the plan is for ${email}.`,
          'Choose the connection of that system user, or add it.',
        );
      }
      const status = await parts.sessions.status(connection);
      if (!status.ok) return status;
      if (status.value.state !== 'signed_in' && connection.grant === 'password') {
        const signedIn = await parts.sessions.signIn(connection, { signal: options.signal });
        if (!signedIn.ok) return signedIn;
      }
      return verifyPlan(
        {
          systemUser: systemUser.value,
          manager: await managerOf(plan, options),
          signal: options.signal,
          progress: (done, of) => options.progress?.({ phase: 'verifying', done, of }),
        },
        plan,
      );
    },

    record: () => journal.read(),

    async reach(connection, expected, options) {
      const provider = await providerOf(connection.provider);
      if (provider.reach === undefined) {
        return fail(
          'input_invalid',
          `${provider.profile.label} gives services no identity of their own that could be looked at.`,
          provider.systemUsers === undefined
            ? 'Inspect its tokens instead.'
            : 'Its integrations act as a system user: plan and verify that one.',
        );
      }
      const context = providerContext(parts, connection, options);
      if (!context.ok) return context;
      const reach = await provider.reach(context.value, connection.clientId);
      if (!reach.ok) return reach;
      const known = new Set(
        reach.value.installations.flatMap(({ id, name }) => [id.toLowerCase(), name.toLowerCase()]),
      );
      return ok({
        ...reach.value,
        missing: [...new Set(expected.map((name) => name.trim()))].filter(
          (name) => !known.has(name.toLowerCase()),
        ),
      });
    },
  };

  /** Whoever planned, where still signed in: only that account sees why a site is missing. */
  async function managerOf(plan: Plan, options: ContextOptions): Promise<Platform | null> {
    const connection = connectionOf(plan);
    if (!connection.ok) return null;
    const status = await parts.sessions.status(connection.value);
    if (!status.ok || status.value.state !== 'signed_in') return null;
    const platform = await platformOf(connection.value, options);
    return platform.ok ? platform.value : null;
  }
}

/** The password-grant connection of the plan's system user, at the same addresses as the one that planned. */
function systemUserConnection(
  manager: Connection,
  { systemUser: { email } }: Plan,
  { name, clientId, clientSecret, password }: ConnectInput,
): { readonly input: ConnectionInput; readonly credentials: CredentialsInput } {
  return {
    input: {
      name,
      environment: manager.environment,
      grant: 'password',
      clientId,
      username: email,
      // No browser is needed, so its address is left out.
      overrides: { ...manager.overrides, authorizationEndpoint: '', authorizationParams: {} },
    },
    credentials: { password, ...(clientSecret !== undefined && { clientSecret }) },
  };
}

function isOf(connection: Connection, manager: Connection, { systemUser: { email } }: Plan): boolean {
  return (
    connection.provider === manager.provider &&
    connection.grant === 'password' &&
    connection.username?.toLowerCase() === email.toLowerCase()
  );
}

/** Removes a connection that could not be signed in; the failure says what is there now. */
async function takenBack(
  changes: ConnectionChanges,
  connection: Connection,
  failure: Failure,
): Promise<Failure> {
  // It was let in, and the vault did not take the session: that one is kept in memory until it does.
  if (failure.code.startsWith('vault_')) return failure;
  const removed = await changes.remove(connection.name);
  const now = removed.ok
    ? `${connection.name} was not added.`
    : `${connection.name} is left without a session; remove it with: latchkey connections remove ${typedName(connection)}.`;
  // Before the hint, which may end with a command.
  return { ...failure, hint: `${now} ${failure.hint}` };
}

function goneSentence(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return names.length === 1
    ? `One site of the plan is no longer in your list and will be left out: ${shown}.`
    : `${names.length} sites of the plan are no longer in your list and will be left out: ${shown}${more}.`;
}
