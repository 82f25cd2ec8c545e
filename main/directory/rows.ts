import type { Failure } from '../../preload/errors.ts';
import type { ProviderId, UserStatus } from '../providers/provider.ts';

export type ListKind = 'installations' | 'users';

/** Which list: a connection's installations, or one installation's users. `connection` is what the caller calls it. */
export type ListKey =
  | { readonly kind: 'installations'; readonly connection: string; readonly provider: ProviderId }
  | {
      readonly kind: 'users';
      readonly connection: string;
      readonly installation: { readonly id: string; readonly name: string };
    };

/** The same text for the same list, whatever its names are at the moment. */
export function listName(key: ListKey): string {
  return JSON.stringify(
    key.kind === 'installations'
      ? [key.kind, key.connection]
      : [key.kind, key.connection, key.installation.id],
  );
}

export interface InstallationRow {
  readonly connection: string;
  readonly provider: ProviderId;
  readonly id: string;
  readonly name: string;
  readonly state: string | null;
  readonly timeZone: string | null;
  readonly userCount: number | null;
}

export interface UserRow {
  readonly connection: string;
  /** The installation's id. */
  readonly installation: string;
  readonly installationName: string;
  readonly id: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly roles: readonly string[];
  readonly status: UserStatus;
}

export interface RowOf {
  readonly installations: InstallationRow;
  readonly users: UserRow;
}

export interface ListState {
  readonly key: ListKey;
  /** How many can be seen now. */
  readonly rows: number;
  /** Whether these rows are all there were when they were fetched. */
  readonly complete: boolean;
  readonly loading: boolean;
  /** How many of a refresh have come so far; they are not seen before all have. Null when no refresh is under way. */
  readonly arriving: number | null;
  /** How many there are by the vendor's own word, where it gave one. */
  readonly total: number | null;
  /** Milliseconds since the epoch, of the rows seen; null before a load has ended. */
  readonly fetchedAt: number | null;
  /** Why the last load did not complete; null after one that did. */
  readonly failure: Failure | null;
}

export interface Filter {
  readonly connection?: string;
  /** The installation's id. */
  readonly installation?: string;
  /** As typed; see `searchTerms` in fold.ts. */
  readonly search?: string;
  /** A user's status, or an installation's state, exactly. */
  readonly status?: string;
  /** One of the roles, exactly. */
  readonly role?: string;
}

export interface SortOf {
  readonly installations: 'name' | 'state' | 'timeZone' | 'userCount' | 'provider' | 'connection';
  readonly users: 'displayName' | 'email' | 'status' | 'installation';
}

export interface Query<K extends ListKind = ListKind> {
  readonly kind: K;
  readonly filter?: Filter;
  /** By display name, ascending, where missing. Equal ones stand by display name, then id. */
  readonly sort?: { readonly by: SortOf[K]; readonly descending?: boolean };
}

export interface WindowQuery<K extends ListKind = ListKind> extends Query<K> {
  readonly offset: number;
  /** At most {@link maxWindow}. */
  readonly limit: number;
}

export interface Window<K extends ListKind = ListKind> {
  readonly rows: readonly RowOf[K][];
  /** How many the query finds in all; null where counting would have delayed the rows: ask `count`. */
  readonly total: number | null;
  /** Changes whenever the rows of this kind do. */
  readonly version: number;
}

export const maxWindow = 1000;
