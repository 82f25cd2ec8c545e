import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { caFile, caPem, failureOf, openHttp, serve, serveTls } from './servers.ts';

async function temporaryFile(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-tls-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

test('a certificate of an unknown authority is tls_untrusted and no request is seen', async () => {
  let requests = 0;
  const { origin, port } = await serveTls('server', (_, response) => {
    requests += 1;
    response.end();
  });
  const failure = await failureOf(openHttp().fetch(`${origin}/token?code=pass-word-1`));
  expect(failure.code).toBe('tls_untrusted');
  expect(failure.message).toContain(`127.0.0.1:${String(port)}`);
  expect(failure.hint).toContain('LATCHKEY_CA_FILE');
  expect(JSON.stringify(failure)).not.toContain('pass-word-1');
  expect(requests).toBe(0);
});

test('no variable that turns the checks of Node off turns ours off', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  onTestFinished(() => void vi.unstubAllEnvs());
  let requests = 0;
  const { origin } = await serveTls('server', (_, response) => {
    requests += 1;
    response.end('taken');
  });
  expect(await failureOf(openHttp().fetch(origin))).toMatchObject({ code: 'tls_untrusted' });
  expect(requests).toBe(0);
});

test.each([
  ['caFile', { caFile }],
  ['NODE_EXTRA_CA_CERTS', { env: { NODE_EXTRA_CA_CERTS: caFile } }],
])('with the authority given by %s the request passes', async (_, options) => {
  const { origin } = await serveTls('server', (_request, response) => void response.end('secure'));
  expect(await (await openHttp(options).fetch(origin)).text()).toBe('secure');
});

test.each([
  ['expired', 'has expired', 'date of this computer'],
  ['other-host', 'is for another host', 'someone else'],
] as const)('the certificate "%s" %s, whatever the authority', async (name, words, hint) => {
  const { origin } = await serveTls(name, (_, response) => void response.end());
  const failure = await failureOf(openHttp({ caFile }).fetch(origin));
  expect(failure.code).toBe('tls_untrusted');
  expect(failure.message).toContain(words);
  expect(failure.hint).toContain(hint);
});

test('https to a port that speaks plain http is tls_untrusted', async () => {
  const { port } = await serve((_, response) => void response.end());
  const failure = await failureOf(openHttp().fetch(`https://127.0.0.1:${String(port)}/`));
  expect(failure.code).toBe('tls_untrusted');
});

test('extra certificates that cannot be used stop https with a word on the file', async () => {
  const { origin } = await serveTls('server', (_, response) => void response.end());
  const absent = join(tmpdir(), 'latchkey-no-such-file.pem');
  expect(await failureOf(openHttp({ caFile: absent }).fetch(origin))).toMatchObject({
    code: 'input_invalid',
    message: expect.stringContaining(absent) as string,
  });
  const empty = await temporaryFile('empty.pem', 'no certificate');
  expect(await failureOf(openHttp({ caFile: empty }).fetch(origin))).toMatchObject({
    code: 'input_invalid',
    message: expect.stringContaining('holds no certificate') as string,
  });
  const damaged = await temporaryFile(
    'damaged.pem',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  );
  expect(await failureOf(openHttp({ caFile: damaged }).fetch(origin))).toMatchObject({
    code: 'input_invalid',
  });
});

test('a file that was put right is read again by the next request', async () => {
  const { origin } = await serveTls('server', (_, response) => void response.end('secure'));
  const file = await temporaryFile('ca.pem', '');
  const http = openHttp({ caFile: file });
  await failureOf(http.fetch(origin));
  await writeFile(file, caPem);
  expect(await (await http.fetch(origin)).text()).toBe('secure');
});

test('a file of NODE_EXTRA_CA_CERTS that is not there stops nothing, as in Node', async () => {
  const { origin } = await serveTls('server', (_, response) => void response.end('secure'));
  const http = openHttp({ caFile, env: { NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem' } });
  expect(await (await http.fetch(origin)).text()).toBe('secure');
});
