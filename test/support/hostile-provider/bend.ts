import type { KeyName } from './keys.ts';

/** Members set (or, where undefined, taken out) on top of what an honest server says. */
export type Members = Readonly<Record<string, unknown>>;

/** An answer as it goes over the wire, in place of the honest one. */
export interface RawAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** No answer at all: the connection stays open until the provider is closed. */
  readonly never?: boolean;
}

/** What an otherwise honest provider does wrong. Everything left out is as it should be. */
export interface Bend {
  readonly discovery?: Members;
  readonly discoveryAnswer?: RawAnswer;
  /** Parameters of the redirect back. */
  readonly callback?: Readonly<Record<string, string | undefined>>;
  /** Where the authorization endpoint sends the browser instead. */
  readonly redirectTo?: (request: URL) => string;
  /** Claims of the ID token. */
  readonly claims?: Members;
  readonly signing?: { readonly key?: KeyName; readonly alg?: string; readonly kid?: string | null };
  /** The ID token as text, made from the honest one. */
  readonly idToken?: (honest: string) => string;
  /** Keys in the key set; default the signing key `rsa` alone. */
  readonly published?: readonly KeyName[];
  /** False: the key set's keys have no `kid`. */
  readonly kids?: boolean;
  readonly keysAnswer?: RawAnswer;
  /** From the next token request on the provider signs with this key and publishes it alone. */
  readonly rotateAtToken?: KeyName;
  /** Members of the token answer. */
  readonly tokens?: Members;
  readonly tokenAnswer?: RawAnswer;
  readonly userinfo?: Members;
  readonly userinfoAnswer?: RawAnswer;
}

/** `honest` with `members` on top; undefined takes a member out. */
export function bent(honest: Members, members: Members = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ ...honest, ...members }).filter(([, value]) => value !== undefined),
  );
}
