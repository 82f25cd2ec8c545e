import { SignJWT } from 'jose';
import { type Bend, bent } from './bend.ts';
import type { KeyRing } from './keys.ts';

/** An ID token (OpenID Connect Core 2) for five minutes. */
export async function createIdToken(
  ring: KeyRing,
  about: { readonly issuer: string; readonly audience: string; readonly nonce: string | null },
  bend: Bend,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const { issuer: iss, audience: aud, nonce } = about;
  const claims = bent(
    { iss, aud, sub: 'someone', iat: now, exp: now + 300, ...(nonce !== null && { nonce }) },
    bend.claims,
  );
  const key = ring[bend.signing?.key ?? 'rsa'];
  const kid = bend.signing?.kid === undefined ? key.kid : bend.signing.kid;
  const honest = await new SignJWT(claims)
    .setProtectedHeader({ alg: bend.signing?.alg ?? key.alg, ...(kid !== null && { kid }) })
    .sign(key.privateKey);
  return bend.idToken?.(honest) ?? honest;
}

/** Part of a compact JWS. */
export function segment(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The same token with another header, and signed by whatever `signature` says. */
export function withHeader(
  token: string,
  header: unknown,
  signature: (signed: string) => string = () => '',
): string {
  const signed = `${segment(header)}.${token.split('.')[1] ?? ''}`;
  return `${signed}.${signature(signed)}`;
}

/** The same token with the last byte of its signature changed. */
export function withBrokenSignature(token: string): string {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(0) ^ 0x5a, 0);
  return [header, claims, bytes.toString('base64url')].join('.');
}
