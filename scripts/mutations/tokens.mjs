// The rules of the token inspector and of what is checked on arrival.

const vectors = (name) => ({ file: 'test/unit/tokens/vectors.test.ts', name });
const accessToken = (name) => ({ file: 'test/unit/tokens/access-token.test.ts', name });
const offline = (name) => ({ file: 'test/unit/tokens/offline.test.ts', name });

export const tokens = [
  {
    rows: ['a forged token that looks valid'],
    change: 'the token decides the algorithm',
    file: 'main/tokens/algorithms.ts',
    find: 'if (key.alg !== undefined && !sameAlgorithm(key.alg, alg)) return',
    replace: `if (key.alg === 'never' && !sameAlgorithm(key.alg, alg)) return`,
    tests: vectors('PS256 with a key for RS256'),
  },
  {
    rows: ['a forged token that looks valid'],
    change: 'a key that the token brings',
    file: 'main/tokens/signature.ts',
    find: 'const keys = known === null ? [] : allKeys(known);',
    replace: `const keys = known === null ? [] : allKeys(known);
  const own = header['jwk'] as JWK | undefined;
  if (own !== undefined) keys.unshift({ key: { ...own, ...(kid !== null && { kid }) }, fetchedAt: null, withdrawn: false });`,
    tests: vectors('Forged, with its own key in "jwk"'),
  },
  {
    rows: ['a forged token that looks valid'],
    change: 'a key that fits is enough',
    file: 'main/tokens/signature.ts',
    find: 'if (await verifies(compact, alg, candidate.key)) {',
    replace: 'if ((await verifies(compact, alg, candidate.key)) || alg !== "") {',
    tests: vectors('An empty signature'),
  },
  {
    rows: ['a forged token that looks valid'],
    change: 'a public key is a shared secret',
    file: 'main/tokens/signature.ts',
    find: 'if (publicOnly || fitting.some(({ key }) => isPublicKeyInDisguise(key))) {',
    replace: 'if (publicOnly) {',
    tests: vectors('HS256 by the public key \\(pem\\) given'),
  },
  {
    rows: ['forged access token (Konexus)'],
    change: 'taken as it arrives',
    file: 'main/sessions/arrival.ts',
    find: `return expected === undefined
    ? null`,
    replace: `return expected === undefined || expected.audience !== ''
    ? null`,
    tests: {
      file: 'test/e2e/failures/sign-in.test.ts',
      name: 'an access token of Konexus that is wrong_signature is not taken',
    },
  },
  {
    rows: ['forged access token (Konexus)'],
    change: 'one that never ends',
    file: 'main/tokens/access-token.ts',
    find: 'if (inspection.times.expiresAt === null) {',
    replace: `if (inspection.times.expiresAt === '') {`,
    tests: accessToken('.*'),
  },
  {
    rows: ['RFC 9700 2.3'],
    change: 'for any audience',
    file: 'main/tokens/claims.ts',
    find: `if (audience !== undefined && !audiences(claims?.['aud']).includes(audience)) {`,
    replace: `if (audience === '' && !audiences(claims?.['aud']).includes(audience)) {`,
    tests: accessToken('.*'),
  },
  {
    rows: ['a pasted token leaking'],
    change: 'what reads tokens may fetch keys',
    file: 'eslint.config.js',
    find: `{ name: 'jose', importNames: ['createRemoteJWKSet', 'customFetch', 'jwksCache'] },`,
    replace: '',
    tests: offline('createRemoteJWKSet'),
  },
  {
    rows: ['a pasted token leaking'],
    change: 'what reads tokens opens a socket',
    file: 'main/tokens/shown.ts',
    find: 'export function shown(',
    replace: `import net from 'node:net';\nexport const socket = net.Socket;\nexport function shown(`,
    tests: offline('what main/tokens imports'),
  },
  {
    rows: ['a pasted token leaking'],
    change: 'the browser keeps what was pasted',
    file: 'renderer/tokens/TokensView.svelte',
    find: 'text = given;',
    replace: `text = given; sessionStorage.setItem('pasted', given);`,
    tests: {
      file: 'test/e2e/console/tokens.test.ts',
      name: 'leaving the view forgets what was pasted',
      whole: true,
    },
  },
  {
    rows: ['a copy for a ticket that names people or opens something'],
    change: 'every claim as it is',
    file: 'main/tokens/redact.ts',
    find: 'if (kept.has(name)) {',
    replace: `if (kept.has(name) || name !== '') {`,
    tests: { file: 'test/unit/tokens/redact.test.ts', name: 'a copy for a ticket' },
  },
];
