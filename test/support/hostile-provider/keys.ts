import { type CryptoKey, type JWK, exportJWK, generateKeyPair } from 'jose';

/** `stranger` is a key that the provider never publishes and that claims to be `rsa`. */
export type KeyName = 'rsa' | 'rsa-next' | 'ec' | 'stranger';

export interface SigningKey {
  readonly kid: string;
  readonly alg: 'RS256' | 'ES256';
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export type KeyRing = Readonly<Record<KeyName, SigningKey>>;

export async function createKeyRing(): Promise<KeyRing> {
  const [rsa, next, ec, stranger] = await Promise.all([
    createKey('rsa', 'RS256'),
    createKey('rsa-next', 'RS256'),
    createKey('ec', 'ES256'),
    createKey('rsa', 'RS256'),
  ]);
  return { rsa, 'rsa-next': next, ec, stranger };
}

async function createKey(kid: string, alg: SigningKey['alg']): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), use: 'sig' } };
}

/** The key set document (RFC 7517 5). */
export function keySet(ring: KeyRing, names: readonly KeyName[], kids: boolean): { keys: JWK[] } {
  return {
    keys: names.map((name) => ({ ...ring[name].publicJwk, ...(kids && { kid: ring[name].kid }) })),
  };
}
