import type { JWK } from 'jose';

/** Verification keys as they were at one time. */
export interface KeyGeneration {
  readonly keys: readonly JWK[];
  /** When they were last seen at the server, milliseconds since the epoch; null where that is unknown. */
  readonly fetchedAt?: number | null;
}

/** Everything known to check tokens with: what the server publishes, and what it published before. */
export interface KnownKeys extends KeyGeneration {
  /** Newest first. */
  readonly older?: readonly KeyGeneration[];
  /** The issuer that publishes them; null or missing for keys given by hand. */
  readonly issuer?: string | null;
  /** Where keys given by hand came from, for people: a file's name, "the shared secret". */
  readonly source?: string;
}

/** A key with its history. */
export interface KnownKey {
  readonly key: JWK;
  readonly fetchedAt: number | null;
  /** The server has published other keys since, without this one. */
  readonly withdrawn: boolean;
}

/** All keys, newest generation first, each once: what was seen again is as new as its last sight. */
export function allKeys(known: KnownKeys): KnownKey[] {
  if (known.older === undefined || known.older.length === 0) {
    const { fetchedAt = null } = known;
    return known.keys.map((key) => ({ key, fetchedAt, withdrawn: false }));
  }
  const seen = new Set<string>();
  const list: KnownKey[] = [];
  const add = ({ keys, fetchedAt = null }: KeyGeneration, withdrawn: boolean): void => {
    for (const key of keys) {
      const same = JSON.stringify([key.kty, key.kid, key.n, key.e, key.crv, key.x, key.y, key.k]);
      if (seen.has(same)) continue;
      seen.add(same);
      list.push({ key, fetchedAt, withdrawn });
    }
  };
  add(known, false);
  for (const generation of known.older) add(generation, true);
  return list;
}
