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

/** Which list of that kind. */
export type KeyOf<K extends ListKind> = Extract<ListKey, { readonly kind: K }>;

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
  /** Milliseconds since the epoch; null where the vendor names no end. */
  readonly expiresAt: number | null;
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
  /** Whether a load that was cut can go on where it was. */
  readonly resumable: boolean;
  /** The provider's own filter that the rows were asked for with; null = all there are. */
  readonly filter: string | null;
}

export interface Filter {
  readonly connection?: string;
  /** Any of these connections. */
  readonly connections?: readonly string[];
  /** The installation's id. */
  readonly installation?: string;
  /** As typed; see `searchTerms` in fold.ts. */
  readonly search?: string;
  /** A user's status, or an installation's state, exactly. */
  readonly status?: string;
  /** One of the roles, exactly. */
  readonly role?: string;
  /** Access ends on one of these days, counted from the epoch in UTC; `to` null = on any day from then on. */
  readonly ends?: { readonly from: number; readonly to: number | null };
  /** People the vendor has no name of, or no e-mail address. */
  readonly without?: Lack;
}

/** What a vendor's record of a person may lack. A person without a name is shown by e-mail address or id. */
export type Lack = 'name' | 'email';

export interface SortOf {
  readonly installations: 'name' | 'state' | 'timeZone' | 'userCount' | 'provider' | 'connection' | 'id';
  readonly users:
    | 'displayName'
    | 'email'
    | 'status'
    | 'installation'
    | 'connection'
    | 'provider'
    | 'roles'
    | 'expiresAt'
    | 'id';
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

/** How connections are called: for sorting by them. */
export interface ConnectionName {
  readonly id: string;
  readonly name: string;
  readonly provider: ProviderId;
}

/** What users of one kind have in common, and how many they are. */
export interface Tally {
  /** The connection's id. */
  readonly connection: string;
  readonly installation: { readonly id: string; readonly name: string };
  readonly status: string;
  readonly roles: readonly string[];
  /** The UTC day since the epoch on which access ends, or null. */
  readonly endsOn: number | null;
  readonly without: readonly Lack[];
  readonly count: number;
}

export interface CompareQuery {
  /** For `only_first` the first is the one whose people are wanted. */
  readonly places: readonly { readonly connection: string; readonly installation: string }[];
  /**
   * People of the first that no other has; of each of them; of some but not of all; or addresses that more than one user
   * of the same installation has.
   */
  readonly find: 'only_first' | 'everywhere' | 'some' | 'duplicates';
  /** As typed, in name and e-mail address. */
  readonly search?: string;
}

export interface CompareWindow {
  readonly people: readonly { readonly users: readonly UserRow[] }[];
  readonly total: number;
  /** Users of these places that cannot be compared. */
  readonly withoutEmail: number;
  /** Places whose list is not whole. */
  readonly incomplete: readonly ListKey[];
  /** Windows of the same query with the same number are of the same people in the same order. */
  readonly comparison: number;
  /** Whether users came, changed or went while it was made: asked again, it is made anew. */
  readonly old: boolean;
}

/** How far a comparison is: rows read of the rows there are; the window once it is made. */
export interface CompareStep {
  readonly done: number;
  readonly of: number;
  readonly window: CompareWindow | null;
}

export const millisecondsPerDay = 86_400_000;
