import { performance } from 'node:perf_hooks';
import {
  type CryptoKey,
  type JWK,
  SignJWT,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  jwtVerify,
} from 'jose';
import { inspectToken } from '../../main/tokens/inspect.ts';
import { type BenchOptions, type BenchRow, percentile, row } from './row.ts';

const batch = 40;
const batches = 150;

/**
 * Decoding and verifying one token, against bare `jose` on the same token and key set (jwtVerify over a local key set, which
 * checks signature, issuer, audience and times as we do). Both take turns in
 * small batches, and the tenth fastest of a hundred counts: what a busy machine adds falls on either by chance.
 */
export async function inspectBench(
  { say }: Pick<BenchOptions, 'say'> = { say: () => undefined },
): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const alg of ['RS256', 'ES256', 'PS256', 'EdDSA']) {
    say(alg);
    rows.push(await measure(alg));
  }
  return rows;
}

async function measure(alg: string): Promise<BenchRow> {
  const signers = await Promise.all([alg, 'RS256', 'ES256', 'RS256', 'ES256'].map(makeKey));
  const keys = signers.map(({ jwk }, index) => ({ ...jwk, kid: `key-${index}` }));
  const now = Date.now();
  const issuer = 'https://identity.vendor.example';
  const token = await new SignJWT({ ...claims, iss: issuer, aud: 'user_api' })
    .setProtectedHeader({ alg, kid: 'key-0', typ: 'at+jwt' })
    .setIssuedAt(Math.floor(now / 1000))
    .setNotBefore(Math.floor(now / 1000))
    .setExpirationTime(Math.floor(now / 1000) + 3600)
    .sign((signers[0] as Signer).privateKey);

  const keySet = createLocalJWKSet({ keys });
  const bare = async (): Promise<void> => {
    await jwtVerify(token, keySet, { issuer, audience: 'user_api', algorithms: [alg], clockTolerance: 60 });
  };
  const known = { keys, fetchedAt: now, issuer };
  const clock = { now: Date.now };
  const ours = async (): Promise<void> => {
    const { verdict } = await inspectToken({ token, keys: known, clock, issuer, audience: 'user_api' });
    if (verdict.code !== 'valid') throw new Error(verdict.message);
  };
  await batchOf(bare);
  await batchOf(ours);
  const floor: number[] = [];
  const value: number[] = [];
  for (let index = 0; index < batches; index += 1) {
    floor.push(await batchOf(bare));
    value.push(await batchOf(ours));
  }
  return row(`inspect a ${alg} token`, percentile(value, 0.1), 'µs', {
    floor: percentile(floor, 0.1),
    budget: { of: 'ratio', atMost: 1.3 },
    note: 'floor: jose jwtVerify over a local set of five keys',
  });
}

const claims = {
  sub: '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be101',
  client_id: 'harbour-desktop',
  scope: ['user_api.full_access'],
  amr: ['password'],
  idp: 'local',
  tenant_id: 'c2d8',
  identity_id: 'd3e9',
};

interface Signer {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

async function makeKey(alg: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), alg, use: 'sig' } };
}

/** Microseconds for one, in the mean of a batch. */
async function batchOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  for (let index = 0; index < batch; index += 1) await work();
  return ((performance.now() - started) * 1000) / batch;
}
