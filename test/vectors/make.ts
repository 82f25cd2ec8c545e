/**
 * Makes the vectors anew: `node test/vectors/make.ts`. Keys and tokens are invented, but for those of the RFCs, which are
 * verbatim. What is written is read by test/unit/tokens/vectors.test.ts; this file is not run by the tests.
 */
import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CompactEncrypt, CompactSign, type CryptoKey, type JWK, exportJWK, generateKeyPair } from 'jose';
import { type Vector, vectorsNow } from './vector.ts';

const noon = vectorsNow / 1000;
const files = new Map<string, Vector[]>();

type Expect = Vector['expect'];
function add(
  file: string,
  name: string,
  source: string,
  token: Vector['token'],
  keys: Vector['keys'],
  expect: Expect['code'] | (Partial<Expect> & Pick<Expect, 'code'>),
  more: Partial<Vector> = {},
): void {
  const given = typeof expect === 'string' ? { code: expect } : expect;
  const kinds = { malformed: 'malformed', opaque: 'opaque', encrypted: 'jwe' } as const;
  const kind = given.kind ?? (given.code in kinds ? kinds[given.code as keyof typeof kinds] : 'jwt');
  const list = files.get(file) ?? [];
  list.push({ name, source, token, keys, ...more, expect: { kind, ...given } });
  files.set(file, list);
}

const b64 = (value: unknown): string =>
  Buffer.from(
    typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value),
  ).toString('base64url');
const joined = (header: unknown, payload: unknown, signature = 'AAAA'): string =>
  `${b64(header)}.${b64(payload)}.${signature}`;

interface Signer {
  readonly alg: string;
  readonly jwk: JWK;
  readonly key: CryptoKey | Uint8Array;
}
const made = new Map<string, Signer>();
async function signer(alg: string, kid = `${alg.toLowerCase()}-1`): Promise<Signer> {
  const before = made.get(`${alg} ${kid}`);
  if (before) return before;
  let fresh: Signer;
  if (alg.startsWith('HS')) {
    const bits = Number(alg.slice(2));
    const key = createHmac('sha512', 'vectors')
      .update(`${alg} ${kid}`)
      .digest()
      .subarray(0, bits / 8);
    fresh = { alg, key: new Uint8Array(key), jwk: { kty: 'oct', kid, alg, k: b64(new Uint8Array(key)) } };
  } else {
    const pair = await generateKeyPair(alg, { extractable: true });
    fresh = {
      alg,
      key: pair.privateKey,
      jwk: { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' },
    };
  }
  made.set(`${alg} ${kid}`, fresh);
  return fresh;
}
async function sign(
  by: Signer,
  payload: unknown = claims,
  header: Record<string, unknown> = {},
): Promise<string> {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const protectedHeader = { alg: by.alg, typ: 'at+jwt', kid: by.jwk.kid, ...header };
  const present = Object.fromEntries(
    Object.entries(protectedHeader).filter(([, value]) => value !== undefined),
  );
  return new CompactSign(new TextEncoder().encode(text))
    .setProtectedHeader(present as { alg: string })
    .sign(by.key);
}

const issuer = 'https://identity.vendor.example';
const claims = {
  iss: issuer,
  aud: 'user_api',
  sub: '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be101',
  client_id: 'harbour-desktop',
  iat: noon - 60,
  nbf: noon - 60,
  exp: noon + 3540,
};
const part = (token: string, index: number): string => token.split('.')[index] ?? '';
const swap = (token: string, index: number, by: string): string =>
  token
    .split('.')
    .map((piece, at) => (at === index ? by : piece))
    .join('.');
const flipped = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);

// ---- algorithms: what is right, what was changed, another key, no key id, ended
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'],
  ...['EdDSA', 'Ed25519', 'HS256', 'HS384', 'HS512'],
];
for (const alg of algorithms) {
  const by = await signer(alg);
  const other = await signer(alg, `${alg.toLowerCase()}-other`);
  const token = await sign(by);
  const source = alg === 'EdDSA' || alg === 'Ed25519' ? 'RFC 8037 3.1, RFC 9864' : 'RFC 7518 3.1';
  add('algorithms', `${alg}: right`, source, token, [by.jwk], { code: 'valid', signature: 'verified' });
  add(
    'algorithms',
    `${alg}: a claim was changed`,
    source,
    swap(token, 1, b64({ ...claims, sub: 'somebody-else' })),
    [by.jwk],
    { code: 'signature_wrong', signature: 'wrong' },
  );
  add(
    'algorithms',
    `${alg}: the signature was changed`,
    source,
    swap(token, 2, flipped(part(token, 2))),
    [by.jwk],
    'signature_wrong',
  );
  add(
    'algorithms',
    `${alg}: another key under the same id`,
    source,
    await sign(other, claims, { kid: by.jwk.kid }),
    [by.jwk],
    'signature_wrong',
  );
  add(
    'algorithms',
    `${alg}: no key id, several keys`,
    'RFC 7515 4.1.4',
    await sign(by, claims, { kid: undefined }),
    [other.jwk, by.jwk],
    {
      code: 'valid',
      signature: 'verified',
    },
  );
  add(
    'algorithms',
    `${alg}: ended`,
    'RFC 7519 4.1.4',
    await sign(by, { ...claims, exp: noon - 61 }),
    [by.jwk],
    'expired',
  );
}

// ---- RFC examples, verbatim
const joe = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
const joeThen = 1_300_819_000_000;
const a1 = `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${joe}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`;
const a1Key: JWK = {
  kty: 'oct',
  k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
};
const a2 = `eyJhbGciOiJSUzI1NiJ9.${joe}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`;
const a2Key: JWK = {
  kty: 'RSA',
  n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
  e: 'AQAB',
};
const a3 = `eyJhbGciOiJFUzI1NiJ9.${joe}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`;
const a3Key: JWK = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};
for (const [name, token, key] of [
  ['RFC 7515 A.1', a1, a1Key],
  ['RFC 7515 A.2', a2, a2Key],
  ['RFC 7515 A.3', a3, a3Key],
] as const) {
  add('rfc', `${name}: HS256, RS256 and ES256 of one payload, long ended`, name, token, [key], {
    code: 'expired',
    signature: 'verified',
  });
  add(
    'rfc',
    `${name}: in its own time`,
    name,
    token,
    [key],
    { code: 'valid', signature: 'verified' },
    { now: joeThen },
  );
  add('rfc', `${name}: without a key`, name, token, null, { code: 'no_keys', signature: 'unchecked' });
}
add('rfc', 'An unsecured JWT', 'RFC 7519 6.1, RFC 7515 A.5', `eyJhbGciOiJub25lIn0.${joe}.`, [a2Key], {
  code: 'algorithm_none',
  signature: 'absent',
});
add(
  'rfc',
  'An unsecured JWT without keys',
  'RFC 7519 6.1',
  `eyJhbGciOiJub25lIn0.${joe}.`,
  null,
  'algorithm_none',
);
add(
  'rfc',
  'ES512 of a text that is no JSON',
  'RFC 7515 A.4',
  'eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn',
  null,
  {
    code: 'malformed',
    part: 'payload',
    at: 0,
  },
);
add(
  'rfc',
  'A critical extension on an unsecured text',
  'RFC 7515 appendix E',
  `${b64('{"alg":"none",\r\n "crit":["http://example.invalid/UNDEFINED"],\r\n "http://example.invalid/UNDEFINED":true\r\n}')}.RkFJTA.`,
  null,
  { code: 'algorithm_none', signature: 'absent' },
);
add(
  'rfc',
  'An encrypted JWT',
  'RFC 7519 A.1',
  'eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.QR1Owv2ug2WyPBnbQrRARTeEk9kDO2w8qDcjiHnSJflSdv1iNqhWXaKH4MqAkQtMoNfABIPJaZm0HaA415sv3aeuBWnD8J-Ui7Ah6cWafs3ZwwFKDFUUsWHSK-IPKxLGTkND09XyjORj_CHAgOPJ-Sd8ONQRnJvWn_hXV1BNMHzUjPyYwEsRhDhzjAD26imasOTsgruobpYGoQcXUwFDn7moXPRfDE8-NoQX7N7ZYMmpUDkR-Cx9obNGwJQ3nM52YCitxoQVPzjbl7WBuB7AohdBoZOdZ24WlN1lVIeh8v1K4krB8xgKvRU8kgFrEn_a1rZgN5TiysnmzTROF869lQ.AxY8DCtDaGlsbGljb3RoZQ.MKOle7UQrG6nSxTLX6Mqwt0orbHvAKeWnDYvpIAeZ72deHxz3roJDXQyhxx0wKaMHDjUEOKIwrtkHthpqEanSBNYHZgmNOV7sln1Eu9g3J8.fiK51VwhsxJ-siBMR-YFiA',
  null,
  'encrypted',
);
add(
  'rfc',
  'RSA-OAEP and A256GCM',
  'RFC 7516 A.1',
  'eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGeipsEdY3mx_etLbbWSrFr05kLzcSr4qKAq7YN7e9jwQRb23nfa6c9d-StnImGyFDbSv04uVuxIp5Zms1gNxKKK2Da14B8S4rzVRltdYwam_lDp5XnZAYpQdb76FdIKLaVmqgfwX7XWRxv2322i-vDxRfqNzo_tETKzpVLzfiwQyeyPGLBIO56YJ7eObdv0je81860ppamavo35UgoRdbYaBcoh9QcfylQr66oc6vFWXRcZ_ZT2LawVCWTIy3brGPi6UklfCpIMfIjf7iGdXKHzg.48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A.XFBoMYUZodetZdvTiFvSkQ',
  null,
  'encrypted',
);
add(
  'rfc',
  'A detached payload that is not encoded',
  'RFC 7797 4.2',
  'eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY',
  [a1Key],
  'critical_header_unsupported',
);
add(
  'rfc',
  'The same payload encoded is no JSON',
  'RFC 7797 4.1',
  'eyJhbGciOiJIUzI1NiJ9.JC4wMg.5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ',
  [a1Key],
  { code: 'malformed', part: 'payload', at: 0 },
);
add(
  'rfc',
  'Ed25519 of a text that is no JSON',
  'RFC 8037 A.4',
  'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
  [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }],
  { code: 'malformed', part: 'payload', at: 0 },
);
const dpop =
  'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg';
add('rfc', 'A DPoP proof brings its key; it is not used', 'RFC 9449 4.1', dpop, null, {
  code: 'no_keys',
  warns: ['brings or names its own key (jwk)'],
});
add(
  'rfc',
  'The DPoP proof with its key given by hand: its printed signature does not hold',
  'RFC 9449 4.1',
  dpop,
  [
    {
      kty: 'EC',
      crv: 'P-256',
      x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfVWAWBFs',
      y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
    },
  ],
  { code: 'signature_wrong', warns: ['names no audience'] },
);
const rs = await signer('RS256');
const profile9068 = {
  iss: 'https://authorization-server.example.com/',
  sub: '5ba552d67',
  aud: 'https://rs.example.com/',
  exp: noon + 600,
  iat: noon,
  jti: 'dbe39bf3a3ba4238a513f51d6e1691c4',
  client_id: 's6BhdRkqt3',
  scope: 'openid profile reademail',
};
add('rfc', 'An access token of the profile', 'RFC 9068 2.2', await sign(rs, profile9068), [rs.jwk], 'valid', {
  type: 'at+jwt',
  issuer: profile9068.iss,
  audience: profile9068.aud,
});
add(
  'rfc',
  'An access token whose type has its long form',
  'RFC 9068 4',
  await sign(rs, profile9068, { typ: 'application/at+jwt' }),
  [rs.jwk],
  'valid',
  { type: 'at+jwt' },
);
add(
  'rfc',
  'An ID token where an access token is wanted',
  'RFC 9068 4, RFC 8725 3.11',
  await sign(rs, profile9068, { typ: 'JWT' }),
  [rs.jwk],
  { code: 'wrong_type', signature: 'verified' },
  { type: 'at+jwt' },
);
add(
  'rfc',
  'No type where an access token is wanted',
  'RFC 9068 4',
  await sign(rs, profile9068, { typ: undefined }),
  [rs.jwk],
  'wrong_type',
  { type: 'at+jwt' },
);

// ---- the vendors' shapes
const ks = {
  nbf: noon - 30,
  exp: noon + 3570,
  iat: noon - 30,
  iss: 'https://identity-acc.vendor.example',
  aud: 'user_api',
  scope: ['user_api.full_access'],
  amr: ['password'],
  client_id: 'harbour-partner',
  sub: '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be101',
  auth_time: noon - 30,
  idp: 'local',
  product_id: 'b1c7',
  tenant_id: 'c2d8',
  identity_id: 'd3e9',
  skip_email: false,
  'profile_id_7f3c1a52-0b7d-4a5e-9d1f-2f6f4a1c8e10': 'e4f0',
};
const kon = {
  iss: 'https://auth.vendor.example',
  nbf: noon - 5,
  iat: noon - 5,
  exp: noon + 3595,
  aud: 'tamarack',
  scope: ['tamarack'],
  client_id: 'ext-4711-harbour',
  admin: 'false',
  globalTenantId: '90210',
  name: 'Harbour integration',
  sub: '8123',
  tenantId: '4711',
  jti: '0F1E2D3C4B5A69788796A5B4C3D2E1F0',
};
const neb = {
  aud: [],
  client_id: 'harbour-service',
  exp: noon + 86_369,
  ext: {},
  iat: noon - 30,
  iss: 'https://account.vendor.example',
  jti: '6b1e7c0a',
  nbf: noon - 30,
  scp: ['https://saltoapis.com/auth/nebula'],
  sub: 'harbour-service',
};
for (const [name, source, payload, audience, header] of [
  ['Salto KS access token', 'KS-M2', ks, 'user_api', { typ: 'at+jwt' }],
  ['Konexus access token', 'KON-DOC', kon, 'tamarack', { typ: 'at+jwt', x5t: 'Zm9vYmFy' }],
] as const) {
  const expected = { audience, issuer: payload.iss };
  add('vendors', `${name}: right`, source, await sign(rs, payload, header), [rs.jwk], 'valid', expected);
  add(
    'vendors',
    `${name}: for another API`,
    source,
    await sign(rs, { ...payload, aud: 'core_api' }, header),
    [rs.jwk],
    { code: 'wrong_audience', signature: 'verified' },
    expected,
  );
  add(
    'vendors',
    `${name}: of another environment`,
    source,
    await sign(rs, { ...payload, iss: 'https://identity.other.example' }, header),
    [rs.jwk],
    'wrong_issuer',
    expected,
  );
  add(
    'vendors',
    `${name}: ended an hour ago`,
    source,
    await sign(rs, { ...payload, iat: noon - 7200, nbf: noon - 7200, exp: noon - 3600 }, header),
    [rs.jwk],
    'expired',
    expected,
  );
  add(
    'vendors',
    `${name}: before any sign-in`,
    source,
    await sign(rs, payload, header),
    null,
    'no_keys',
    expected,
  );
  add(
    'vendors',
    `${name}: signed by a key of before`,
    'OpenID Connect Core 10.1.1',
    await sign(rs, payload, header),
    [(await signer('RS256', 'rs256-next')).jwk],
    { code: 'valid', warns: ['no longer publishes'] },
    { ...expected, older: [[rs.jwk]] },
  );
}
add('vendors', 'Salto KS: wide scope is worth knowing', 'KS-M3', await sign(rs, ks), [rs.jwk], {
  code: 'valid',
  warns: ['scope is wide: user_api.full_access'],
});
add(
  'vendors',
  'Salto KS ID token',
  'OpenID Connect Core 2',
  await sign(
    rs,
    {
      iss: issuer,
      aud: 'harbour-desktop',
      sub: 's',
      iat: noon,
      exp: noon + 300,
      nonce: 'n',
      at_hash: 'aGFzaA',
      auth_time: noon,
      amr: ['password'],
    },
    { typ: 'JWT' },
  ),
  [rs.jwk],
  'valid',
  { audience: 'harbour-desktop' },
);
add('vendors', 'Salto Nebula as a JWT: an empty audience', 'NEB-DOC, Ory', await sign(rs, neb), [rs.jwk], {
  code: 'valid',
  warns: ['"aud"'],
});
for (const [name, source, token] of [
  [
    'Salto Nebula access token, opaque',
    'NEB-DOC, Ory',
    'ory_at_gS3m1cXkq0xkQ2cYd9wQ6h8Zt7VbNn5RrTtYyUuIiOo.PpAaSsDdFfGgHhJjKkLlZzXxCcVvBbNnMm1234567890',
  ],
  [
    'Salto Nebula refresh token',
    'NEB-DOC, Ory',
    'ory_rt_gS3m1cXkq0xkQ2cYd9wQ6h8Zt7VbNn5RrTtYyUuIiOo.PpAaSsDdFfGgHhJjKkLlZzXxCcVvBbNnMm1234567890',
  ],
  ['Smartenit access token', 'SMA-DOC', '0c4f1a9b7e6d5c3b2a1908f7e6d5c4b3a291807f6e5d4c3b2a190f8e7d6c5b4a'],
  ['Salto KS refresh token', 'KS-C3', '8E2B1C7A90D4F3568E2B1C7A90D4F3568E2B1C7A90D4F3568E2B1C7A90D4F356-1'],
  ['An id of a record', 'SMA-SDK', '5a3d6dbd2b7491cbfdbb1310'],
  ['A PASETO', 'PASETO v4', 'v4.public.eyJzdWIiOiJ4In0.AAAA'],
] as const)
  add('vendors', name, source, token, null, 'opaque');

// ---- traps
const es = await signer('ES256');
const hs = await signer('HS256');
const spki = createPublicKey({ key: rs.jwk, format: 'jwk' });
const asSecret = {
  pem: spki.export({ type: 'spki', format: 'pem' }) as string,
  der: spki.export({ type: 'spki', format: 'der' }),
  pkcs1: spki.export({ type: 'pkcs1', format: 'der' }),
};
const hmac = (header: object, secret: string | Buffer, payload: unknown = claims): string => {
  const input = `${b64(header)}.${b64(payload)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
};
for (const none of ['None', 'NONE', 'nOnE', ' none', 'none '])
  add('traps', `"alg" is "${none}"`, 'RFC 8725 2.1', joined({ alg: none }, claims, ''), [rs.jwk], {
    code: 'algorithm_none',
    signature: 'absent',
  });
add(
  'traps',
  '"none" with a signature behind it',
  'RFC 8725 2.1',
  swap(await sign(rs), 0, b64({ alg: 'none', kid: 'rs256-1' })),
  [rs.jwk],
  'algorithm_none',
);
for (const [how, secret] of Object.entries(asSecret)) {
  add(
    'traps',
    `HS256 by the public key (${how}) against the key set`,
    'RFC 8725 2.1',
    hmac({ alg: 'HS256', kid: 'rs256-1' }, secret),
    [rs.jwk],
    'algorithm_confusion',
  );
  add(
    'traps',
    `HS256 by the public key (${how}) given as the secret`,
    'RFC 8725 2.1',
    hmac({ alg: 'HS256' }, secret),
    [{ kty: 'oct', k: b64(Buffer.from(secret)) }],
    'algorithm_confusion',
  );
}
add(
  'traps',
  'HS256 where the set has both kinds, by the id of the public key',
  'RFC 8725 3.1',
  hmac({ alg: 'HS256', kid: 'rs256-1' }, asSecret.pem),
  [rs.jwk, hs.jwk],
  'algorithm_confusion',
);
add(
  'traps',
  'PS256 with a key for RS256',
  'RFC 8725 3.1',
  swap(await sign(rs), 0, b64({ alg: 'PS256', kid: 'rs256-1' })),
  [rs.jwk],
  'wrong_algorithm',
);
add(
  'traps',
  'ES256 with an RSA key',
  'RFC 8725 3.1',
  swap(await sign(rs), 0, b64({ alg: 'ES256', kid: 'rs256-1' })),
  [rs.jwk],
  'wrong_algorithm',
);
add(
  'traps',
  'ES384 with a P-256 key',
  'RFC 7518 3.4',
  swap(await sign(es), 0, b64({ alg: 'ES384', kid: 'es256-1' })),
  [es.jwk],
  'wrong_algorithm',
);
add(
  'traps',
  'ES256K is not checked',
  'RFC 8812 3.2',
  joined({ alg: 'ES256K', kid: 'es256-1' }, claims),
  [es.jwk],
  'wrong_algorithm',
);
add(
  'traps',
  'An algorithm that nobody knows',
  'RFC 7518 3.1',
  joined({ alg: 'RS1' }, claims),
  [rs.jwk],
  'wrong_algorithm',
);
add(
  'traps',
  'An algorithm that nobody knows, and no keys',
  'RFC 7518 3.1',
  joined({ alg: 'XX' }, claims),
  null,
  'wrong_algorithm',
);
add(
  'traps',
  'An encryption algorithm as a signature',
  'RFC 7518 4.1',
  joined({ alg: 'RSA-OAEP', kid: 'rs256-1' }, claims),
  [rs.jwk],
  'wrong_algorithm',
);
add(
  'traps',
  'A key for encryption',
  'RFC 7517 4.2',
  await sign(rs),
  [{ ...rs.jwk, use: 'enc' }],
  'wrong_algorithm',
);
add(
  'traps',
  'A key that may only sign',
  'RFC 7517 4.3',
  await sign(rs),
  [{ ...rs.jwk, use: undefined, key_ops: ['sign'] }],
  'wrong_algorithm',
);
add(
  'traps',
  'An ES256 signature of zeros',
  'CVE-2022-21449',
  swap(await sign(es), 2, Buffer.alloc(64).toString('base64url')),
  [es.jwk],
  'signature_wrong',
);
add(
  'traps',
  'An ES256 signature as DER',
  'RFC 7518 3.4',
  swap(
    await sign(es),
    2,
    b64(
      Buffer.concat([
        Buffer.from([0x30, 0x44, 0x02, 0x20]),
        Buffer.alloc(32, 1),
        Buffer.from([0x02, 0x20]),
        Buffer.alloc(32, 2),
      ]),
    ),
  ),
  [es.jwk],
  'signature_wrong',
);
add(
  'traps',
  'An ES256 signature that is cut',
  'RFC 7518 3.4',
  swap(await sign(es), 2, part(await sign(es), 2).slice(0, 40)),
  [es.jwk],
  'signature_wrong',
);
add('traps', 'An empty signature', 'RFC 7515 5.2', swap(await sign(rs), 2, ''), [rs.jwk], 'signature_wrong');
add(
  'traps',
  'A signature twice as long',
  'RFC 7515 5.2',
  swap(await sign(es), 2, part(await sign(es), 2).slice(0, 84) + part(await sign(es), 2).slice(0, 84)),
  [es.jwk],
  'signature_wrong',
);
const evil = await signer('RS256', 'evil');
for (const [name, header] of [
  ['jwk', { jwk: evil.jwk, kid: undefined }],
  ['jku', { jku: 'https://evil.example/jwks.json' }],
  ['x5u', { x5u: 'https://evil.example/cert.pem' }],
  ['x5c', { x5c: ['MIIB'] }],
] as const) {
  add(
    'traps',
    `Forged, with its own key in "${name}"`,
    'RFC 8725 3.10',
    await sign(evil, claims, { kid: 'rs256-1', ...header }),
    [rs.jwk],
    { code: 'signature_wrong', warns: [`(${name})`] },
  );
  add(
    'traps',
    `Right, and yet with "${name}"`,
    'RFC 8725 3.10',
    await sign(rs, claims, name === 'jwk' ? { jwk: evil.jwk } : header),
    [rs.jwk],
    { code: 'valid', warns: [`(${name})`] },
  );
}
for (const kid of [
  '../../etc/passwd',
  "' OR 1=1 --",
  'https://evil.example/key',
  '\u0000',
  '__proto__',
  'constructor',
  '\u202eevil',
])
  add(
    'traps',
    `The key id is ${JSON.stringify(kid)}`,
    'RFC 8725 3.10',
    await sign(evil, claims, { kid }),
    [rs.jwk],
    'key_unknown',
  );
add(
  'traps',
  'Critical: an extension nobody knows',
  'RFC 7515 4.1.11',
  await sign(hs, claims, {}).then((token) =>
    swap(token, 0, b64({ alg: 'HS256', kid: 'hs256-1', crit: ['exp'], exp: 1 })),
  ),
  [hs.jwk],
  'critical_header_unsupported',
);
add(
  'traps',
  'Critical: an empty list',
  'RFC 7515 4.1.11',
  hmac({ alg: 'HS256', crit: [] }, Buffer.from(hs.jwk.k ?? '', 'base64url')),
  [hs.jwk],
  'critical_header_unsupported',
);
add(
  'traps',
  'Critical: not a list',
  'RFC 7515 4.1.11',
  hmac({ alg: 'HS256', crit: 'b64' }, Buffer.from(hs.jwk.k ?? '', 'base64url')),
  [hs.jwk],
  'critical_header_unsupported',
);
add(
  'traps',
  'Critical, and no keys',
  'RFC 7515 4.1.11',
  hmac({ alg: 'HS256', crit: ['b64'], b64: true }, 'x'),
  null,
  'critical_header_unsupported',
);
add(
  'traps',
  '"b64" is false and nothing critical',
  'RFC 7797 7',
  hmac({ alg: 'HS256', b64: false }, Buffer.from(hs.jwk.k ?? '', 'base64url')),
  [hs.jwk],
  'critical_header_unsupported',
);
add(
  'traps',
  'Critical and unsupported algorithm: the algorithm comes first',
  'RFC 8725 3.1',
  joined({ alg: 'XX', crit: ['exp'] }, claims),
  [rs.jwk],
  'wrong_algorithm',
);
add(
  'traps',
  'A weak shared secret',
  'RFC 7518 3.2',
  hmac({ alg: 'HS256' }, 'secret'),
  [{ kty: 'oct', k: b64('secret') }],
  { code: 'valid', warns: ['shared secret is weak: 6 bytes'] },
);
add(
  'traps',
  'Twice "alg", the last one counts',
  'RFC 7515 4, RFC 8259 4',
  await sign(rs).then((token) => swap(token, 0, b64('{"alg":"RS256","alg":"none"}'))),
  [rs.jwk],
  { code: 'algorithm_none', warns: ['"alg" stands more than once in the header'] },
);
add(
  'traps',
  'Twice "sub" in a signed payload',
  'RFC 7519 4',
  await sign(rs, JSON.stringify(claims).replace('{', '{"sub":"first",')),
  [rs.jwk],
  { code: 'valid', warns: ['"sub" stands more than once in the payload'] },
);
add(
  'traps',
  'Twice "sub", once with an escape',
  'RFC 8259 8.3',
  await sign(rs, JSON.stringify(claims).replace('{', '{"s\\u0075b":"first",')),
  [rs.jwk],
  { code: 'valid', warns: ['"sub" stands more than once'] },
);
add(
  'traps',
  'Twice "exp", the last one ended',
  'RFC 7519 4',
  await sign(rs, JSON.stringify(claims).replace(/}$/, ',"exp":1}')),
  [rs.jwk],
  { code: 'expired', warns: ['"exp" stands more than once'] },
);
add(
  'traps',
  'A number that no double holds',
  'RFC 8259 6',
  await sign(rs, JSON.stringify(claims).replace('{', '{"user":12345678901234567890,')),
  [rs.jwk],
  { code: 'valid', warns: ['number of "user"'] },
);
add(
  'traps',
  'A number beyond every double',
  'RFC 8259 6',
  await sign(rs, JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e999')),
  [rs.jwk],
  { code: 'malformed', kind: 'jwt', warns: ['number of "exp"'] },
);
add(
  'traps',
  'Members named like an object’s own',
  'RFC 7519 4',
  await sign(
    rs,
    `${JSON.stringify(claims).slice(0, -1)},"__proto__":{"aud":"x"},"constructor":1,"toString":2}`,
  ),
  [rs.jwk],
  'valid',
  { audience: 'user_api' },
);
add(
  'traps',
  'A token inside a token',
  'RFC 7519 5.2',
  await sign(rs, await sign(es), { cty: 'JWT' }),
  [rs.jwk],
  { code: 'malformed', part: 'payload' },
);
add(
  'traps',
  'A token as a claim',
  'RFC 7519',
  await sign(rs, { ...claims, id_token: await sign(es) }),
  [rs.jwk],
  'valid',
);
add('traps', 'A compressed payload', 'RFC 7516 4.1.3', await sign(rs, claims, { zip: 'DEF' }), [rs.jwk], {
  code: 'valid',
  warns: ['"zip"'],
});
add(
  'traps',
  'An SD-JWT with two disclosures',
  'RFC 9901 4',
  `${await sign(rs, { ...claims, _sd: ['a', 'b'], _sd_alg: 'sha-256' })}~WyJzIiwibmFtZSIsIngiXQ~WyJzIiwiYSIsImIiXQ~`,
  [rs.jwk],
  { code: 'valid', warns: ['SD-JWT'] },
);

// ---- keys
add('keys', 'The key is not in the set', 'RFC 7515 4.1.4', await sign(rs), [es.jwk], 'key_unknown', {
  keyAgeSeconds: 60,
});
add(
  'keys',
  'The key is not in the set, and the set is a day old',
  'OpenID Connect Core 10.1.1',
  await sign(rs),
  [es.jwk],
  'keys_stale',
  { keyAgeSeconds: 86_400 },
);
add('keys', 'The set is empty', 'RFC 7517 5', await sign(rs), [], 'key_unknown');
add(
  'keys',
  'The keys are old and yet right',
  'OpenID Connect Core 10.1.1',
  await sign(rs),
  [rs.jwk],
  { code: 'valid', warns: ['keys were fetched'] },
  { keyAgeSeconds: 200_000 },
);
add(
  'keys',
  'A key without an id in the set',
  'RFC 7517 4.5',
  await sign(rs),
  [{ ...rs.jwk, kid: undefined }],
  'valid',
);
add(
  'keys',
  'A key without an id that is another one',
  'RFC 7517 4.5',
  await sign(rs),
  [{ ...evil.jwk, kid: undefined }],
  'key_unknown',
);
add(
  'keys',
  'Two keys under one id',
  'RFC 7517 4.5',
  await sign(rs),
  [{ ...evil.jwk, kid: 'rs256-1' }, rs.jwk],
  'valid',
);
add('keys', 'A damaged key', 'RFC 7517', await sign(rs), [{ ...rs.jwk, n: '!!!' }], 'signature_wrong');
add(
  'keys',
  'The key was published before',
  'OpenID Connect Core 10.1.1',
  await sign(rs),
  [es.jwk],
  { code: 'valid', warns: ['no longer publishes'] },
  { older: [[evil.jwk], [rs.jwk]] },
);
add(
  'keys',
  'The key id was given to another key since',
  'OpenID Connect Core 10.1.1',
  await sign(rs),
  [{ ...evil.jwk, kid: 'rs256-1' }],
  { code: 'valid', warns: ['no longer publishes'] },
  { older: [[rs.jwk]] },
);
add('keys', 'HS256 and no secret', 'RFC 7518 3.2', await sign(hs), null, 'no_keys');

// ---- times
const at = async (
  name: string,
  times: object,
  expect: Parameters<typeof add>[5],
  more: Partial<Vector> = {},
): Promise<void> =>
  add(
    'times',
    name,
    'RFC 7519 4.1.4 to 4.1.6',
    await sign(es, { iss: issuer, aud: 'user_api', sub: 's', ...times }),
    [es.jwk],
    expect,
    more,
  );
await at('ends this second', { exp: noon }, 'valid');
await at('ended 59 s ago: forgiven', { exp: noon - 59 }, 'valid');
await at('ended 60 s ago', { exp: noon - 60 }, 'expired');
await at('ended 61 s ago', { exp: noon - 61 }, 'expired');
await at('begins in 59 s: forgiven', { nbf: noon + 59, exp: noon + 600 }, 'valid');
await at('begins in 60 s: forgiven', { nbf: noon + 60, exp: noon + 600 }, 'valid');
await at('begins in 61 s', { nbf: noon + 61, exp: noon + 600 }, 'not_yet_valid');
await at('begins in 61 s and has ended', { nbf: noon + 61, exp: noon - 600 }, 'not_yet_valid');
await at('no end', { iat: noon }, { code: 'valid', warns: ['no end'] });
await at('an end with a fraction', { exp: noon + 0.5 }, 'valid');
await at('an end below zero', { exp: -1 }, 'expired');
await at('the end is zero', { exp: 0 }, 'expired');
await at(
  'milliseconds instead of seconds',
  { exp: (noon + 600) * 1000, iat: noon },
  { code: 'valid', warns: ['milliseconds'] },
);
await at('an end beyond every calendar', { exp: 1e300 }, { code: 'malformed', kind: 'jwt' });
await at('the end is a text', { exp: String(noon + 600) }, { code: 'malformed', kind: 'jwt' });
await at('the end is null', { exp: null }, { code: 'malformed', kind: 'jwt' });
await at('the end is true', { exp: true }, { code: 'malformed', kind: 'jwt' });
await at('the beginning is a list', { nbf: [noon], exp: noon + 600 }, { code: 'malformed', kind: 'jwt' });
await at(
  'the issue is a date as text',
  { iat: '2026-11-22', exp: noon + 600 },
  { code: 'malformed', kind: 'jwt' },
);
await at(
  'issued in the future',
  { iat: noon + 3600, exp: noon + 7200 },
  { code: 'valid', warns: ['in the future'] },
);
await at(
  'ends before it was issued',
  { iat: noon + 30, exp: noon + 10 },
  { code: 'valid', warns: ['before it was issued'] },
);
await at('lives for a year', { iat: noon, exp: noon + 31_536_000 }, { code: 'valid', warns: ['lives long'] });
await at(
  'ended by our clock, not by the server’s',
  { exp: noon - 600 },
  { code: 'valid', warns: ['clock'] },
  { skewSeconds: -900 },
);
await at('good by our clock, ended by the server’s', { exp: noon + 600 }, 'expired', { skewSeconds: 900 });

// ---- for whom
const forWhom = async (
  name: string,
  source: string,
  changes: object,
  expected: Partial<Vector>,
  expect: Parameters<typeof add>[5],
): Promise<void> =>
  add('addressee', name, source, await sign(es, { ...claims, ...changes }), [es.jwk], expect, expected);
const audienceRule = 'RFC 7519 4.1.3';
await forWhom('the audience fits', audienceRule, {}, { audience: 'user_api' }, 'valid');
await forWhom(
  'one of several fits',
  audienceRule,
  { aud: ['a', 'user_api'] },
  { audience: 'user_api' },
  'valid',
);
await forWhom(
  'none of several fits',
  audienceRule,
  { aud: ['a', 'b'] },
  { audience: 'user_api' },
  'wrong_audience',
);
await forWhom(
  'no audience',
  audienceRule,
  { aud: undefined },
  { audience: 'user_api' },
  { code: 'wrong_audience', warns: ['names no audience'] },
);
await forWhom(
  'no audience, none expected',
  audienceRule,
  { aud: undefined },
  {},
  { code: 'valid', warns: ['names no audience'] },
);
await forWhom('an empty audience', audienceRule, { aud: '' }, { audience: 'user_api' }, 'wrong_audience');
await forWhom(
  'an audience in other capitals',
  audienceRule,
  { aud: 'User_API' },
  { audience: 'user_api' },
  'wrong_audience',
);
await forWhom(
  'an audience that begins alike',
  audienceRule,
  { aud: 'user_api.evil' },
  { audience: 'user_api' },
  'wrong_audience',
);
await forWhom(
  'a number as audience',
  audienceRule,
  { aud: 1 },
  { audience: '1' },
  { code: 'wrong_audience', warns: ['neither a text nor a list'] },
);
await forWhom(
  'an object as audience',
  audienceRule,
  { aud: { user_api: true } },
  { audience: 'user_api' },
  'wrong_audience',
);
await forWhom(
  'a list with anything else in it',
  audienceRule,
  { aud: ['user_api', 1] },
  { audience: 'user_api' },
  'wrong_audience',
);
await forWhom('the issuer fits', 'RFC 7519 4.1.1', {}, { issuer }, 'valid');
await forWhom('another issuer', 'RFC 7519 4.1.1', {}, { issuer: 'https://other.example' }, 'wrong_issuer');
await forWhom(
  'a slash more',
  'OpenID Connect Core 3.1.3.7',
  { iss: `${issuer}/` },
  { issuer },
  'wrong_issuer',
);
await forWhom(
  'an issuer with a letter that looks alike',
  'RFC 8725 3.8',
  { iss: issuer.replace('o', '\u043e') },
  { issuer },
  'wrong_issuer',
);
await forWhom('no issuer', 'RFC 7519 4.1.1', { iss: undefined }, { issuer }, 'wrong_issuer');
await forWhom(
  'a number as issuer',
  'RFC 7519 4.1.1',
  { iss: 7 },
  {},
  { code: 'valid', warns: ['issuer ("iss") is not text'] },
);
await forWhom(
  'type, issuer and audience all wrong: the type comes first',
  'design',
  { aud: 'x', iss: 'y' },
  { issuer, audience: 'user_api', type: 'JWT' },
  'wrong_type',
);
await forWhom(
  'issuer and audience wrong: the issuer comes first',
  'design',
  { aud: 'x', iss: 'y' },
  { issuer, audience: 'user_api' },
  'wrong_issuer',
);
await forWhom(
  'audience wrong and ended: the audience comes first',
  'design',
  { aud: 'x', exp: 1 },
  { audience: 'user_api' },
  'wrong_audience',
);
await forWhom(
  'many scopes',
  'RFC 9700 2.3',
  { scope: Array.from({ length: 16 }, (_, index) => `s${index}`).join(' ') },
  {},
  { code: 'valid', warns: ['16 scopes'] },
);
await forWhom(
  'names in other scripts',
  'RFC 8259 8.1',
  { name: '刘思远 👩🏽‍🔧 \u202etxt.exe אבג', sub: 'ünïcödé' },
  {},
  'valid',
);
await forWhom('half a pair of surrogates', 'RFC 8259 8.2', { name: '\ud83d' }, {}, 'valid');
await forWhom('a NUL in a text', 'RFC 8259 7', { name: 'a\u0000b' }, {}, 'valid');

// ---- malformed
const good = await sign(es);
const bad = (name: string, source: string, token: string, where: Partial<Expect> = {}): void =>
  add('malformed', name, source, token, [es.jwk], { code: 'malformed', ...where });
bad('nothing', 'RFC 7515 7.1', '');
bad('two parts', 'RFC 7515 7.1', good.split('.').slice(0, 2).join('.'), { part: 'token' });
bad('four parts', 'RFC 7515 7.1', `${good}.AAAA`, { part: 'token' });
bad('six parts', 'RFC 7515 7.1', `${good}.A.A.A`, { part: 'token' });
bad('two tokens without a gap', 'RFC 7515 7.1', good + good);
bad('white space in the middle', 'RFC 7515 2', `${good.slice(0, 30)} ${good.slice(30)}`, {
  part: 'header',
  at: 30,
});
bad('padding on the header', 'RFC 7515 2', swap(good, 0, `${b64({ alg: 'ES256' })}=`), { part: 'header' });
bad('padding on the payload', 'RFC 7515 2', swap(good, 1, `${b64({ a: 1 })}==`), { part: 'payload' });
bad('padding on the signature', 'RFC 7515 2', `${good}==`, { part: 'signature', at: 86 });
bad('"+" in the signature', 'RFC 4648 5', swap(good, 2, `+${part(good, 2).slice(1)}`), {
  part: 'signature',
  at: 0,
});
bad(
  '"/" in the payload',
  'RFC 4648 5',
  swap(good, 1, `${part(good, 1).slice(0, 9)}/${part(good, 1).slice(10)}`),
  { part: 'payload', at: 9 },
);
bad('an ellipsis where it was shortened', 'RFC 7515 2', `${good.slice(0, 40)}…${good.slice(-10)}`, {
  part: 'header',
  at: 40,
});
bad('bits that mean nothing', 'RFC 4648 3.5', swap(good, 2, `${part(good, 2).slice(0, -1)}_`), {
  part: 'signature',
});
bad('a length that base64 never has', 'RFC 4648 4', swap(good, 2, part(good, 2).slice(0, -1)), {
  part: 'signature',
  at: 85,
});
bad('a payload cut while copying', 'RFC 7515 7.1', swap(good, 1, part(good, 1).slice(0, 40)), {
  part: 'payload',
});
bad('a payload cut after a whole piece', 'RFC 8259', swap(good, 1, b64('{"iss":"x","exp":')), {
  part: 'payload',
  at: 17,
});
bad('a comma too many', 'RFC 8259 4', joined({ alg: 'ES256' }, '{"a":1,}'), { part: 'payload', at: 7 });
bad('a comma missing', 'RFC 8259 4', joined({ alg: 'ES256' }, '{"a":1 "b":2}'), { part: 'payload', at: 7 });
bad('a colon missing', 'RFC 8259 4', joined({ alg: 'ES256' }, '{"a" 1}'), { part: 'payload', at: 5 });
bad('single quotes', 'RFC 8259 7', joined({ alg: 'ES256' }, "{'a':1}"), { part: 'payload', at: 1 });
bad('a name without quotes', 'RFC 8259 4', joined({ alg: 'ES256' }, '{a:1}'), { part: 'payload', at: 1 });
bad('a comment', 'RFC 8259', joined({ alg: 'ES256' }, '{/* x */"a":1}'), { part: 'payload', at: 1 });
bad('NaN', 'RFC 8259 6', joined({ alg: 'ES256' }, '{"exp":NaN}'), { part: 'payload', at: 7 });
bad('a number with a leading zero', 'RFC 8259 6', joined({ alg: 'ES256' }, '{"exp":01}'), {
  part: 'payload',
  at: 8,
});
bad('a number with a plus', 'RFC 8259 6', joined({ alg: 'ES256' }, '{"exp":+1}'), { part: 'payload', at: 7 });
bad('a number that ends with its point', 'RFC 8259 6', joined({ alg: 'ES256' }, '{"exp":1.}'), {
  part: 'payload',
  at: 7,
});
bad('a text that is never closed', 'RFC 8259 7', joined({ alg: 'ES256' }, '{"a":"b'), {
  part: 'payload',
  at: 7,
});
bad('a line break in a text', 'RFC 8259 7', joined({ alg: 'ES256' }, '{"a":"b\nc"}'), {
  part: 'payload',
  at: 7,
});
bad('an escape that JSON does not know', 'RFC 8259 7', joined({ alg: 'ES256' }, '{"a":"\\x41"}'), {
  part: 'payload',
  at: 6,
});
bad('half an escape', 'RFC 8259 7', joined({ alg: 'ES256' }, '{"a":"\\u12"}'), { part: 'payload', at: 6 });
bad('something behind the end', 'RFC 8259 2', joined({ alg: 'ES256' }, '{"a":1}{'), {
  part: 'payload',
  at: 7,
});
bad('a byte order mark', 'RFC 8259 8.1', joined({ alg: 'ES256' }, '\ufeff{"a":1}'), {
  part: 'payload',
  at: 0,
});
bad('a list as payload', 'RFC 7519 7.2', joined({ alg: 'ES256' }, '[1]'), { part: 'payload' });
bad('a text as payload', 'RFC 7519 7.2', joined({ alg: 'ES256' }, '"x"'), { part: 'payload' });
bad('a number as payload', 'RFC 7519 7.2', joined({ alg: 'ES256' }, '7'), { part: 'payload' });
bad('null as payload', 'RFC 7519 7.2', joined({ alg: 'ES256' }, 'null'), { part: 'payload' });
bad('an empty payload', 'RFC 7515 appendix F', swap(good, 1, ''), { part: 'payload' });
bad('only spaces as payload', 'RFC 8259 2', joined({ alg: 'ES256' }, '   '), { part: 'payload', at: 3 });
bad(
  'a payload that is not UTF-8',
  'RFC 7519 7.2',
  `${b64({ alg: 'ES256' })}.${b64(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]))}.AAAA`,
  { part: 'payload' },
);
bad(
  'an overlong UTF-8 form',
  'RFC 3629 10',
  `${b64({ alg: 'ES256' })}.${b64(Buffer.from([0x7b, 0xc0, 0xaf, 0x7d]))}.AAAA`,
  { part: 'payload' },
);
bad('a header that is cut', 'RFC 8259', `${b64('{"alg":"ES256"')}.${b64(claims)}.AAAA`, {
  part: 'header',
  at: 14,
});
bad('a header that is no JSON', 'RFC 7515 4', `AAAA.${b64(claims)}.AAAA`, { part: 'header' });
bad('a header that is a list', 'RFC 7515 4', `${b64('[1]')}.${b64(claims)}.AAAA`, { part: 'header' });
bad('no algorithm', 'RFC 7515 4.1.1', joined({ typ: 'JWT' }, claims), { part: 'header' });
bad('an empty algorithm', 'RFC 7515 4.1.1', joined({ alg: '' }, claims), { part: 'header' });
bad('a number as algorithm', 'RFC 7515 4.1.1', joined({ alg: 256 }, claims), { part: 'header' });
bad('null as algorithm', 'RFC 7515 4.1.1', joined({ alg: null }, claims), { part: 'header' });
bad('a number as key id', 'RFC 7515 4.1.4', joined({ alg: 'ES256', kid: 1 }, claims), { part: 'header' });
bad('five parts that encrypt nothing', 'RFC 7516 7.1', `${b64({ alg: 'ES256' })}.A.A.A.A`, {
  part: 'header',
});
bad(
  'an encrypted token with "+" in it',
  'RFC 7516 7.1',
  `${b64({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AA+A.AAAA`,
  { part: 'token' },
);
bad('letters that no token has', 'RFC 6749 A.12', 'tökën', { part: 'token', at: 1 });

// ---- large and deep
const deep = (levels: number): string => '{"a":'.repeat(levels - 1) + '{}' + '}'.repeat(levels - 1);
const secret = hs.jwk.k ?? '';
const large = (
  piece: string,
  times: number,
  prefix = `${JSON.stringify(claims).slice(0, -1)},"x":"`,
  suffix = '"}',
) => ({
  header: { alg: 'HS256', kid: 'hs256-1' },
  prefix,
  piece,
  times,
  suffix,
  secret,
});
add('large', 'one megabyte of text, signed', 'design', large('x', 780_000), [hs.jwk], 'valid');
add('large', 'one megabyte of claims, signed', 'design', large('","x":"y', 90_000), [hs.jwk], {
  code: 'valid',
  warns: ['"x" stands more than once'],
});
add('large', 'more than one megabyte', 'design', large('x', 800_000), [hs.jwk], 'malformed');
add(
  'large',
  'a hundred thousand brackets',
  'design',
  { ...large('[', 100_000, '{"a":', ''), secret: null },
  [hs.jwk],
  { code: 'malformed', part: 'payload', at: 68 },
);
add(
  'large',
  'a hundred thousand objects',
  'design',
  { ...large('{"a":', 100_000, '', ''), secret: null },
  [hs.jwk],
  { code: 'malformed', part: 'payload' },
);
add(
  'large',
  'a number of a hundred thousand digits',
  'RFC 8259 6',
  large('9', 100_000, `${JSON.stringify(claims).slice(0, -1)},"n":`, '}'),
  [hs.jwk],
  { code: 'valid', warns: ['number of "n"'] },
);
add('large', '64 levels deep', 'design', await sign(hs, deep(64)), [hs.jwk], 'valid');
add('large', '65 levels deep', 'design', await sign(hs, deep(65)), [hs.jwk], {
  code: 'malformed',
  part: 'payload',
});
add('large', 'ten thousand quotes, escaped', 'RFC 8259 7', large('\\"', 10_000), [hs.jwk], 'valid');

// ---- encrypted, of our own making
const oct = new Uint8Array(32).fill(7);
const jwe = async (header: object): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', ...header })
    .encrypt(oct);
add('encrypted', 'dir and A256GCM', 'RFC 7518 4.5', await jwe({}), [rs.jwk], {
  code: 'encrypted',
  signature: 'unchecked',
});
add(
  'encrypted',
  'with claims in its header',
  'RFC 7519 5.3',
  await jwe({ iss: issuer, kid: 'enc-1', cty: 'JWT' }),
  null,
  'encrypted',
);
const ecdh = await generateKeyPair('ECDH-ES+A256KW');
add(
  'encrypted',
  'ECDH-ES',
  'RFC 7518 4.6',
  await new CompactEncrypt(new TextEncoder().encode('{}'))
    .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A128CBC-HS256' })
    .encrypt(ecdh.publicKey),
  null,
  'encrypted',
);
add(
  'encrypted',
  'changed: nobody here can tell',
  'RFC 7516',
  swap(await jwe({}), 3, 'AAAA'),
  null,
  'encrypted',
);

const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const weakJwk = { ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak' } as JWK;
add(
  'keys',
  'An RSA key of 1024 bits vouches for nothing',
  'RFC 7518 3.3',
  joined({ alg: 'RS256', kid: 'weak' }, claims),
  [weakJwk],
  'signature_wrong',
);

let count = 0;
for (const [name, vectors] of files) {
  count += vectors.length;
  await writeFile(path.join(import.meta.dirname, `${name}.json`), `${JSON.stringify(vectors, null, 1)}\n`);
}
console.log(`${count} vectors`);
