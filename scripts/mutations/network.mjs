// The rules of the network seam.

const tls = (name) => ({ file: 'test/integration/http/tls.test.ts', name });
const exchange = (name) => ({ file: 'test/integration/http/exchange.test.ts', name });

export const network = [
  {
    rows: ['eavesdropping', 'RFC 9700 2.6'],
    change: 'plain http to anywhere',
    file: 'main/http/endpoint-url.ts',
    find: `if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {`,
    replace: `if (url.protocol === 'http:' && url.hostname === '') {`,
    tests: { file: 'test/unit/http/endpoint-url.test.ts', name: '.*' },
  },
  {
    rows: [
      'certificate checks turned off for everything by a variable that another program wanted',
      'RFC 9700 2.6',
    ],
    change: 'as the environment says',
    file: 'main/http/connect.ts',
    find: 'rejectUnauthorized: true,',
    replace: '',
    tests: tls('no variable that turns the checks of Node off'),
  },
  {
    rows: ['RFC 9700 2.6'],
    change: 'any certificate',
    file: 'main/http/connect.ts',
    find: 'rejectUnauthorized: true,',
    replace: 'rejectUnauthorized: false,',
    tests: tls('an unknown authority is tls_untrusted'),
  },
  {
    rows: ['token sent to a foreign host', 'RFC 9700 4.12'],
    change: 'redirects are followed',
    file: 'main/http/transport.ts',
    find: `const options = { ...init, redirect: 'manual', dispatcher: await pool };`,
    replace: `const options = { ...init, redirect: 'follow', dispatcher: await pool };`,
    tests: exchange('a redirect 307 is returned and not followed'),
  },
  {
    rows: ['an answer or a list without an end'],
    change: 'a body of any size',
    file: 'main/http/body.ts',
    find: 'if (length > maxBytes) {',
    replace: 'if (length > maxBytes * 1000) {',
    tests: exchange('a body is bounded after decompression'),
  },
  {
    rows: ['a connection past proxy and trust'],
    change: 'a connection of its own',
    file: 'main/sessions/reach.ts',
    find: 'export async function reach(',
    replace: `export const past = (): Promise<Response> => fetch('http://127.0.0.1:9/');\nexport async function reach(`,
    tests: { file: 'test/unit/http/one-seam.test.ts', name: 'no code outside main/http opens a connection' },
  },
  {
    rows: ["a proxy's password in a file, or told to another proxy"],
    change: 'for whatever proxy is set',
    file: 'main/vault/proxy-credentials.ts',
    find: 'return ok(kept?.proxy === proxy ? kept : null);',
    replace: `return ok(proxy === '' ? null : kept);`,
    tests: {
      file: 'test/unit/vault/proxy-credentials.test.ts',
      name: 'they are for the proxy that they were given for',
    },
  },
  {
    rows: ["a proxy's password in a file, or told to another proxy"],
    change: 'in the address, and so in the settings',
    file: 'main/http/proxy.ts',
    find: `if (proxy.username !== '' || proxy.password !== '') {`,
    replace: `if (proxy.hostname === '') {`,
    tests: {
      file: 'test/unit/console/preference-service.test.ts',
      name: 'a proxy address with a user name or password in it',
    },
  },
  {
    rows: ['what is logged of requests', 'RFC 9700 4.10'],
    change: 'values of a query',
    file: 'main/http/redact.ts',
    find: '? `${plain}=${value}` : `${plain}=…`;',
    replace: '? `${plain}=${value}` : `${plain}=${value}`;',
    tests: { file: 'test/unit/http/redact.test.ts', name: 'code=123456' },
  },
  {
    rows: ['what is logged of requests', 'RFC 9700 4.10'],
    change: 'long pieces of a path',
    file: 'main/http/redact.ts',
    find: 'segment.length > 64 || ',
    replace: '',
    tests: { file: 'test/unit/http/redact.test.ts', name: '/invite/' },
  },
  {
    rows: ['what is logged of requests'],
    change: 'all that ever happened',
    file: 'main/activity/activity.ts',
    find: 'if (kept.length > limit) kept.shift();',
    replace: 'void limit;',
    tests: {
      file: 'test/unit/activity/activity.test.ts',
      name: 'what happened is listed newest first, and the oldest goes',
    },
  },
];
