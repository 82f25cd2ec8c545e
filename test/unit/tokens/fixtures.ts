import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** 2026-11-22T12:00:00Z */
export const noon = Date.UTC(2026, 10, 22, 12);
export const noonSeconds = noon / 1000;
export const clock = { now: (): number => noon };

export interface Signer {
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
}

const made = new Map<string, Promise<Signer>>();

/** One key pair per name and test file: RSA keys are slow to make. */
export function signer(alg: string, kid = `${alg}-key`): Promise<Signer> {
  const name = `${alg}/${kid}`;
  const known = made.get(name) ?? makeSigner(alg, kid);
  made.set(name, known);
  return known;
}

async function makeSigner(alg: string, kid: string): Promise<Signer> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const publicJwk = { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' };
  const privateJwk = { ...(await exportJWK(pair.privateKey)), kid, alg, use: 'sig' };
  return { alg, privateKey: pair.privateKey, publicJwk, privateJwk };
}

export const claims = {
  iss: 'https://identity.vendor.example',
  aud: 'tamarack',
  sub: '4711',
  iat: noonSeconds - 60,
  nbf: noonSeconds - 60,
  exp: noonSeconds + 3540,
};

export function sign(by: Signer, payload: object = claims, header: object = {}): Promise<string> {
  return new SignJWT({ ...payload })
    .setProtectedHeader({ alg: by.alg, typ: 'at+jwt', kid: by.publicJwk.kid!, ...header })
    .sign(by.privateKey);
}

export function base64url(value: string | Uint8Array): string {
  return Buffer.from(value as string).toString('base64url');
}

/** A token put together by hand, whatever its parts say. */
export function assemble(header: unknown, payload: unknown, signature = 'AAAA'): string {
  const part = (value: unknown): string =>
    base64url(typeof value === 'string' ? value : JSON.stringify(value));
  return `${part(header)}.${part(payload)}.${signature}`;
}
