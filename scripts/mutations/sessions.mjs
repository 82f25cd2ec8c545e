// The rules of a session: where its token goes, how it is renewed, what is said of what went wrong.

const renewal = (name) => ({ file: 'test/unit/sessions/renewal.test.ts', name });
const client = (name) => ({ file: 'test/unit/sessions/api-client.test.ts', name });
const address = (name) => ({ file: 'test/unit/providers/address.test.ts', name });

export const sessions = [
  {
    rows: ['token sent to a foreign host', 'ASVS 10.1.1'],
    change: 'to any origin',
    file: 'main/sessions/api-client.ts',
    find: '|| new URL(request.url).origin !== origin) {',
    replace: `|| origin === '') {`,
    tests: client('the token does not go to "https://evil.example'),
  },
  {
    rows: ['token sent to a foreign host'],
    change: 'to wherever the next page is said to be',
    file: 'main/providers/address.ts',
    find: 'if (url === null || url.origin !== originOf(apiBase) || url.username',
    replace: 'if (url === null || url.username',
    tests: address('the token does not follow the next link https://evil.example'),
  },
  {
    rows: ['an id that asks for another path'],
    change: 'dot segments',
    file: 'main/providers/address.ts',
    find: `if (value === '' || value === '.' || value === '..') unfit.push(name);`,
    replace: '',
    tests: address('which would ask for another path, is refused'),
  },
  {
    rows: ['an answer or a list without an end'],
    change: 'a list that repeats goes on',
    file: 'main/providers/paging.ts',
    find: 'if (face !== null && seen.has(face)) {',
    replace: 'if (face !== null && seen.size < 0) {',
    tests: {
      file: 'test/unit/providers/konexus.test.ts',
      name: 'a server that gives the first page for every page is stopped',
    },
  },
  {
    rows: ['an answer or a list without an end'],
    change: 'empty pages for ever',
    file: 'main/providers/paging.ts',
    find: 'page > maxPages || emptyPages > maxEmptyPages',
    replace: 'page > maxPages / 200 || emptyPages < 0 * maxEmptyPages',
    tests: {
      file: 'test/unit/providers/lists.test.ts',
      name: 'a cursor list that never ends is stopped after a run of empty pages',
    },
  },
  {
    rows: ['tokens for one server sent to another, after a connection was changed'],
    change: 'a session of before is used',
    file: 'main/sessions/stored-session.ts',
    find: 'session?.binding === bindingNow(parts, connection) ? session : null;',
    replace: 'session;',
    tests: renewal('a connection that was changed never uses the session of before'),
  },
  {
    rows: ['tokens for one server sent to another, after a connection was changed'],
    change: 'revoked wherever it points now',
    file: 'main/sessions/sign-out.ts',
    find: `if (session.binding !== bindingNow(parts, connection)) return ok({ revoked: 'failed', failure: elsewhere });`,
    replace: '',
    tests: renewal('sends no token to a server that the connection was pointed to afterwards'),
  },
  {
    rows: ['lost login by racing refreshes', 'RFC 9700 2.2.2, 4.14'],
    change: 'two renew at once',
    file: 'main/sessions/renew.ts',
    find: `const outcome = await withSecretsLock(lockFolder(parts.home), connection.id, options, () =>
    renewLocked(parts, connection, request),
  );`,
    replace: `void [withSecretsLock, lockFolder, options];
  const outcome = ok(await renewLocked(parts, connection, request));`,
    tests: renewal('of two that share only the profile are one request as well'),
  },
  {
    rows: ['lost login by racing refreshes', 'RFC 9700 2.2.2, 4.14'],
    change: 'used without being stored',
    file: 'main/sessions/renew.ts',
    find: 'const failure = await storeSessionLocked(parts, connection, session, replaces);',
    replace:
      'const failure = replaces === null ? await storeSessionLocked(parts, connection, session, replaces) : null;',
    tests: renewal('a renewed session is in the vault before anyone has it'),
  },
  {
    rows: ['lost login by racing refreshes'],
    change: 'a lock that two can have',
    file: 'main/lock.ts',
    find: `database.exec('BEGIN EXCLUSIVE');`,
    replace: `database.exec('BEGIN');`,
    tests: { file: 'test/integration/vault/lock.test.ts', name: 'the wait is bounded, can be cancelled' },
  },
  {
    rows: ['a server that echoes a secret in its error'],
    change: 'a token server’s words as they come',
    file: 'main/sessions/token-failure.ts',
    find: 'if (!secret) continue;',
    replace: 'if (secret !== 0) continue;',
    tests: renewal('what it echoes of our secrets .plain. is blotted out'),
  },
  {
    rows: ['a server that echoes a secret in its error'],
    change: 'an API’s words as they come',
    file: 'main/providers/vendor-words.ts',
    find: `.replace(/\\b(bearer|basic)\\s+[^\\s"',;]+/gi, '$1 …')`,
    replace: '',
    tests: {
      file: 'test/unit/providers/vendor-words.test.ts',
      name: 'nothing that looks like a secret is repeated: Bearer abc123',
    },
  },
];
