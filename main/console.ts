import type { ConnectionChanges, CredentialsInput } from './console/manage-connections.ts';
import type { ClearedData } from './console/clear-all-data.ts';
import type { Diagnosis } from './console/doctor.ts';
import type { ListService } from './console/lists.ts';
import type { OpenPlan } from './console/open-plan.ts';
import type { SystemUserService } from './console/system-user.ts';
import type { ConsoleParts, ServiceParts, StepProgress } from './console/parts.ts';
import type { PreferenceService } from './console/preference-service.ts';
import type { TrialStep } from './console/try-connection.ts';
import type { Connection } from './connections/connection.ts';
import type { ConnectionInput } from './connections/describe.ts';
import { connectionOfId, findConnection, listConnections } from './connections/connections.ts';
import { profileOf } from './providers/catalogue.ts';
import type { Result } from '../preload/errors.ts';
import { type Sessions, createSessions } from './sessions/sessions.ts';
import type { Vault } from './vault/vault.ts';

/** What is configured, and what can be done to it. */
export interface ConnectionService extends ConnectionChanges {
  list(): Result<readonly Connection[]>;
  /** By name. Errors: not_found, settings_corrupt. */
  find(name: string): Result<Connection>;
  /** Errors: not_found, settings_corrupt. */
  byId(id: string): Result<Connection>;
}

/** Everything a door can do. */
export interface Console extends ConsoleParts {
  readonly connections: ConnectionService;
  readonly sessions: Sessions;
  /** What is set for all connections at once. */
  readonly preferences: PreferenceService;
  /** Opened on first use: it starts a thread. */
  lists(): Promise<ListService>;
  /** Told, often, when rows or states of lists changed. */
  onListsChanged(listener: () => void): void;
  /** Setting up the system user of a server integration, and the plan that screens look at. */
  systemUser(): Promise<{ readonly service: SystemUserService; readonly open: OpenPlan }>;
  /** Sentences to read before this connection's grant is used; empty for the grants that raise no eyebrow. */
  cautions(connection: Connection): readonly string[];
  /** Tries a connection that is not saved: settings, server, and the grant where nobody need be present. */
  tryConnection(
    provider: Connection['provider'],
    input: ConnectionInput,
    credentials: CredentialsInput,
    signal: AbortSignal,
    progress?: StepProgress,
  ): Promise<readonly TrialStep[]>;
  /** Stores sessions that the vault did not take before; gives the names of the connections where it still does not. */
  saveUnsaved(): Promise<readonly string[]>;
  /** Drops the lists from memory, with whatever is still being done to them. The next call of `lists` begins anew. */
  forgetLists(): Promise<void>;
  /** Takes everything away that this profile holds, from these vaults too. Never fails as a whole. */
  clearAllData(vaults: readonly Vault[], signal?: AbortSignal): Promise<ClearedData>;
  /** Looks at everything a sign-in depends on. */
  diagnose(signal?: AbortSignal, progress?: StepProgress): Promise<Diagnosis>;
  /** Ends threads, helpers and idle connections, so that the process can exit. */
  close(): Promise<void>;
}

/** RFC 8252 8.3. */
const localhostCaution =
  'The browser will come back to the name "localhost", which current rules (RFC 8252) advise against: what that name leads to is set ' +
  'elsewhere. Latchkey still listens on 127.0.0.1 and [::1] alone. Have the provider register http://127.0.0.1 where you can.';

/**
 * The composition root: builds the services from the parts a door has, and hands them to it. Nothing below knows which
 * door it serves, and nothing is started or read before it is asked for.
 */
export function createConsole(parts: ConsoleParts): Console {
  const sessions = createSessions({
    ...parts,
    profileOf,
    noted: (note) => parts.activity.session(note),
  });
  const services: ServiceParts = { ...parts, profileOf, sessions };
  let lists: Promise<ListService> | null = null;
  const listeners = new Set<() => void>();
  const listsChanged = (): void => {
    for (const listener of listeners) listener();
  };
  const openLists = async (): Promise<ListService> => {
    const opened = (await import('./console/lists.ts')).listService(services);
    opened.onChanged(listsChanged);
    return opened;
  };
  const forgetLists = async (): Promise<void> => {
    const forgotten = lists;
    lists = null;
    await (await forgotten)?.close();
    if (forgotten !== null) listsChanged();
  };
  let systemUser: ReturnType<Console['systemUser']> | null = null;
  const preferences = async (): Promise<PreferenceService> =>
    (await import('./console/preference-service.ts')).preferenceService(parts);
  const changes = async (): Promise<ConnectionChanges> =>
    (await import('./console/manage-connections.ts')).connectionChanges(services);
  return {
    ...parts,
    connections: {
      list: () => listConnections(parts.home),
      find: (name) => findConnection(parts.home, name),
      byId: (id) => connectionOfId(parts.home, id),
      add: async (...given) => (await changes()).add(...given),
      change: async (...given) => (await changes()).change(...given),
      changeSignedIn: async (...given) => (await changes()).changeSignedIn(...given),
      remove: async (...given) => (await changes()).remove(...given),
    },
    sessions,
    lists: () => (lists ??= openLists()),
    onListsChanged: (listener) => void listeners.add(listener),
    systemUser: () =>
      (systemUser ??= Promise.all([
        import('./console/system-user.ts'),
        import('./console/open-plan.ts'),
      ]).then(([{ systemUserService }, { openPlan }]) => {
        const service = systemUserService(services);
        return { service, open: openPlan(services, service) };
      })),
    preferences: {
      read: async () => (await preferences()).read(),
      change: async (changes) => (await preferences()).change(changes),
      repair: async (empty) => (await preferences()).repair(empty),
    },
    cautions: (connection) => {
      const grant = profileOf(connection.provider).grants.find(
        (offered) => offered.grant === connection.grant,
      );
      return [
        ...(grant?.caution === undefined ? [] : [grant.caution]),
        ...(connection.overrides.redirectHost === undefined ? [] : [localhostCaution]),
      ];
    },
    tryConnection: async (...trial) =>
      (await import('./console/try-connection.ts')).tryConnection(services, ...trial),
    saveUnsaved: async () => {
      const list = listConnections(parts.home);
      const names: string[] = [];
      for (const connection of list.ok ? list.value : [])
        if ((await sessions.saveUnsaved(connection)) !== null) names.push(connection.name);
      return names;
    },
    forgetLists,
    clearAllData: async (vaults, signal) => {
      await forgetLists();
      return (await import('./console/clear-all-data.ts')).clearAllData(services, vaults, signal);
    },
    diagnose: async (...options) => (await import('./console/doctor.ts')).diagnose(services, ...options),
    close: async () => {
      await forgetLists();
      await Promise.all([parts.http.close(), parts.vault.close()]);
    },
  };
}
