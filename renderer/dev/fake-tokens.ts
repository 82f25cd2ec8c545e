import type { InspectedToken, Output } from '../../preload/contract.ts';

/** A valid token, as the core would tell of it. */
export function fakeToken(): InspectedToken {
  const now = Date.now();
  const issuedAt = now - 18 * 60_000;
  const expiresAt = issuedAt + 3_600_000;
  return {
    label: 'access_token',
    characters: 812,
    kind: 'jwt',
    verdict: {
      code: 'valid',
      message:
        'Signed by https://identity.example with key 2026-11 (fetched 3 hours ago); valid for 42 more minutes; made for user_api.',
    },
    standing: 'good',
    signature: { status: 'verified', kid: '2026-11', keyAgeSeconds: 10_800 },
    times: {
      issuedAt,
      notBefore: issuedAt,
      expiresAt,
      refreshExpiresAt: null,
      now,
      skewSeconds: 0,
      toleranceSeconds: 60,
    },
    breaks: null,
    members: [
      {
        part: 'payload',
        name: 'iss',
        label: 'Issuer',
        meaning: 'The server that made this token.',
        source: 'RFC 7519 4.1.1',
        value: 'https://identity.example',
        note: null,
        time: null,
        secret: false,
        personal: false,
      },
    ],
    guesses: [],
    warnings: [],
    raw: { header: '{\n  "alg": "RS256"\n}', payload: '{\n  "iss": "https://identity.example"\n}' },
    redacted: 'Token report (redacted: no token and no signature in it)',
  };
}

export function fakeComparison(): Output<'tokens.compare'> {
  return {
    sentence: 'Both are valid. Apart from times and numbers of the token itself they say the same.',
    before: fakeToken(),
    after: fakeToken(),
    rows: [],
  };
}
