interface Shape {
  readonly looks: RegExp;
  readonly guess: string;
}

/** Forms of tokens and ids that can be told by sight. First the certain ones. */
const shapes: readonly Shape[] = [
  {
    looks: /^v[1-4]\.(?:local|public)\./,
    guess: 'It is a PASETO, another kind of signed or encrypted token; this console does not read those.',
  },
  { looks: /^ory_at_/, guess: 'It begins like an access token of an Ory server.' },
  {
    looks: /^ory_rt_/,
    guess: 'It begins like a refresh token of an Ory server. It can get new access tokens: guard it.',
  },
  {
    looks: /^ory_ac_/,
    guess: 'It begins like an authorization code of an Ory server. It is used once and then worthless.',
  },
  { looks: /^ya29\./, guess: 'It begins like a Google access token.' },
  {
    looks: /^1\/\/0/,
    guess: 'It begins like a Google refresh token. It can get new access tokens: guard it.',
  },
  {
    looks: /^[01]\.A[\w-]{20}/,
    guess: 'It begins like a Microsoft refresh token. It can get new access tokens: guard it.',
  },
  { looks: /^gh[pousr]_/, guess: 'It begins like a GitHub token.' },
  { looks: /^github_pat_/, guess: 'It begins like a GitHub personal access token.' },
  { looks: /^glpat-/, guess: 'It begins like a GitLab personal access token.' },
  { looks: /^xox[abeprs]-/, guess: 'It begins like a Slack token.' },
  {
    looks: /^sk_(?:live|test)_/,
    guess: 'It begins like a secret key of a payment service. It is no OAuth token.',
  },
  { looks: /^AKIA[A-Z0-9]{16}$/, guess: 'It looks like an AWS access key id. It is no OAuth token.' },
  { looks: /^gAAAAA/, guess: 'It begins like a Fernet token, encrypted by the server that made it.' },
  {
    looks: /^(?:PHNhbWw|PD94bWw|PEFzc2Vyd)/,
    guess: 'It looks like a SAML assertion in base64, not an OAuth token.',
  },
  {
    looks: /^[A-F0-9]{64}(?:-\d+)?$/,
    guess:
      'It looks like a reference token of an IdentityServer: an access or refresh token whose content stays at the server.',
  },
  {
    looks: /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i,
    guess: 'It is a UUID. Some servers use one as a token; more often it is the id of something.',
  },
  {
    looks: /^[\da-f]{24}$/i,
    guess:
      'It looks like the id of a record (24 hexadecimal digits), such as Smartenit uses; probably no token.',
  },
  {
    looks: /^[0-9A-HJKMNP-TV-Z]{26}$/,
    guess: 'It looks like a ULID, the id of something; probably no token.',
  },
  {
    looks: /^[\da-f]{32,128}$/i,
    guess: 'It is a hexadecimal number, such as many servers use for opaque access and refresh tokens.',
  },
];

/**
 * What an opaque token might be, as sentences; the last says how to learn what it is. Guesses by sight: nothing of them is
 * in the verdict.
 *
 * @param label the member it stood under, e.g. `refresh_token`
 */
export function guessOpaque(token: string, label: string | null): string[] {
  const guesses: string[] = [];
  const shape = shapes.find(({ looks }) => looks.test(token));
  if (label === 'refresh_token')
    guesses.push('It stood under "refresh_token": it gets new access tokens. Guard it.');
  else if (label === 'access_token')
    guesses.push('It stood under "access_token": send it to the API as it is.');
  const pair = basicPair(token);
  if (pair)
    guesses.push(
      'It is base64 of a name and a password with ":" between them, as Basic authentication has it: treat it as a password.',
    );
  else if (shape) guesses.push(shape.guess);
  else if (token.length < 16)
    guesses.push('It is short for a token: perhaps a code, an id, or a piece of one.');
  else if (guesses.length === 0)
    guesses.push('Nothing in it tells what it is: an access token, a refresh token, a code or a key.');
  guesses.push('Only the server that issued it can say more: asking it is called introspection (RFC 7662).');
  return guesses;
}

function basicPair(token: string): boolean {
  if (token.length < 8 || token.length > 400 || !/^[\w+/-]+={0,2}$/.test(token)) return false;
  const text = Buffer.from(token, 'base64').toString('latin1');
  return /^[\x21-\x39\x3b-\x7e]{2,}:[\x20-\x7e]{2,}$/.test(text);
}
