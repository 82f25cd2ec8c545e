import type { Connection } from '../../../main/connections/connection.ts';
import type { ErrorCode } from '../../../preload/errors.ts';
import type { Bend } from '../../support/hostile-provider/bend.ts';
import type { HostileProvider } from '../../support/hostile-provider/provider.ts';
import type { RelyingParty } from '../../support/relying-party.ts';

/**
 * A module of the OpenID Foundation's client tests, replayed. The rules and the names are the suite's
 * (https://gitlab.com/openid/conformance-suite, read at 12f2a4da); the code is not.
 */
export interface Fixture {
  /** The module's own name. */
  readonly module: string;
  /** Its Java class, below `src/main/java/net/openid/conformance/`. */
  readonly source: string;
  /** What is special about the exchange, for docs/conformance.md. */
  readonly what: string;
  readonly verdict: 'accept' | ErrorCode;
  /** How the connection differs. */
  readonly connection?: (provider: HostileProvider) => Partial<Connection>;
  /** The client's secret, where it has one. */
  readonly secret?: string;
  /** How the server is set up; holds too while the mutation is undone. */
  readonly setup?: (provider: HostileProvider) => Bend;
  /** The one thing that is wrong. A rejected fixture has one, and is accepted without it. */
  readonly mutation?: (provider: HostileProvider) => Bend;
  /** When the mutation comes: at the sign-in (default) or when the session is renewed. */
  readonly at?: 'renewal';
  /** A good sign-in comes first, so that something is remembered of the server. */
  readonly second?: true;
  /** What else the module wants to see after an accepted exchange. */
  readonly seen?: (played: Played) => void | Promise<void>;
}

export interface Played {
  readonly provider: HostileProvider;
  readonly party: RelyingParty;
  readonly connection: Connection;
}

/** A plan of the suite, and how many of its modules are here. */
export interface Plan {
  readonly name: string;
  readonly modules: number;
  readonly fixtures: readonly Fixture[];
}
