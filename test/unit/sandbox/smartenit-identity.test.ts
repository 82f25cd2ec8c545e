import { expect, test } from 'vitest';
import type { Reply, SandboxAccount, SandboxClient, Switches } from '../../../main/sandbox/contract.ts';
import { smartenitIdentity } from '../../../main/sandbox/smartenit/identity.ts';
import { defaultSwitches } from '../../../main/sandbox/switches.ts';
import { exchange, now as start, origin, read } from './api-request.ts';

const person: SandboxAccount = {
  provider: 'smartenit',
  id: '5a1f0c3d9b7e4a2c6d8f0b77',
  username: 'edda.moor@partner.example',
  password: 'demo-moor-1',
  role: 'owner',
  reach: 2,
  exercise: false,
};
const client = (
  grant: SandboxClient['grant'],
  clientId: string,
  clientSecret: string | null,
): SandboxClient => ({
  provider: 'smartenit',
  grant,
  clientId,
  clientSecret,
  clientAuth: clientSecret === null ? 'none' : 'post',
  scope: '',
  reach: 'all',
  exercise: false,
});
const clients = [
  client('authorization_code', 'code-client', 'demo-code-secret'),
  client('implicit', 'page-client', null),
  client('password', 'service-client', 'demo-service-secret'),
  client('client_credentials', 'setup-client', 'demo-setup-secret'),
];
const codeClient = { client_id: 'code-client', client_secret: 'demo-code-secret' };
const serviceClient = { client_id: 'service-client', client_secret: 'demo-service-secret' };
const redirectUri = 'http://127.0.0.1:53111/callback';
const authorize = '/v2/oauth2/authorize';

interface Tokens {
  access_token: string;
  token_type: string;
  expires_in: number;
  refresh_token?: string;
}

function bench(switches: Switches = {}) {
  let time = start;
  const identity = smartenitIdentity({
    origin,
    clients,
    accounts: [person],
    switches: { ...defaultSwitches(), ...switches },
    now: () => time,
  });
  const must = async (answer: Promise<Reply | null>): Promise<Reply> => {
    const reply = await answer;
    if (reply === null) throw new Error('nobody answered');
    return reply;
  };
  const form = (target: string, fields: Record<string, string>): Promise<Reply> =>
    must(
      identity.handle(
        exchange('POST', target, {
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams(fields).toString(),
        }),
      ),
    );
  const token = (fields: object, authorization?: string): Promise<Reply> =>
    must(
      identity.handle(
        exchange('POST', '/v2/oauth2/token', {
          headers: { 'content-type': 'application/json', authorization },
          body: JSON.stringify(fields),
        }),
      ),
    );
  const open = (more: Record<string, string> = {}, path = authorize): Promise<Reply> => {
    const query = {
      client_id: 'code-client',
      response_type: 'code',
      redirect_uri: redirectUri,
      state: 's 1&',
      ...more,
    };
    return must(identity.handle(exchange('GET', `${path}?${new URLSearchParams(query).toString()}`)));
  };
  /** Signs in and allows, as a browser would: by the fields that the pages carry. */
  const walk = async (more: Record<string, string> = {}, path = authorize): Promise<URL> => {
    const signIn = await open(more, path);
    const { username, password } = person;
    const consent = await form(path, { transaction: transactionOf(signIn), username, password });
    return locationOf(await form(path, { transaction: transactionOf(consent) }));
  };
  return {
    identity, form, token, open, walk,
    get: (target: string) => must(identity.handle(exchange('GET', target))),
    advance: (seconds: number) => { time += seconds * 1000; },
  }; // prettier-ignore
}

function transactionOf(reply: Reply): string {
  const found = /name="transaction" value="([^"]+)"/u.exec(reply.html ?? '')?.[1];
  if (found === undefined) throw new Error(`no transaction in a page of status ${reply.status}`);
  return found;
}

function locationOf(reply: Reply): URL {
  expect(reply.status).toBe(303);
  return new URL(reply.headers?.['location'] ?? '');
}

function codesOf(reply: Reply): unknown[] {
  const { error } = read<{ error: { status: number; errors: { code: number }[] } }>(reply);
  expect(error.status).toBe(reply.status);
  return [reply.status, ...error.errors.map(({ code }) => code)];
}

test.each([authorize, `${authorize}/dialog`])(
  'A person signs in at %s, allows, and the code becomes tokens once.',
  async (path) => {
    const { walk, token, identity } = bench();
    const back = await walk({}, path);
    expect(`${back.origin}${back.pathname}`).toBe(redirectUri);
    expect(back.searchParams.get('state')).toBe('s 1&');
    const fields = {
      grant_type: 'authorization_code',
      code: back.searchParams.get('code'),
      redirect_uri: redirectUri,
    };
    const answer = await token({ ...fields, ...codeClient });
    const tokens = read<Tokens>(answer);
    expect(answer.headers?.['cache-control']).toBe('no-store');
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 10_800 });
    expect(tokens.refresh_token).toBeTypeOf('string');
    expect(await identity.authenticate(`Bearer ${tokens.access_token}`)).toEqual({
    clientId: 'code-client', accountId: person.id, username: person.username, scopes: [], reach: 2,
  }); // prettier-ignore
    expect(codesOf(await token({ ...fields, ...codeClient }))).toEqual([400, 199]);
  },
);

test('A code belongs to its client and redirect URI, and lives five minutes.', async () => {
  const redeemed = async (more: Record<string, string>, wait = 0): Promise<number> => {
    const { walk, token, advance } = bench();
    const code = (await walk()).searchParams.get('code');
    advance(wait);
    return (
      await token({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        ...codeClient,
        ...more,
      })
    ).status;
  };
  expect(await redeemed({}, 299)).toBe(200);
  expect(await redeemed({}, 300)).toBe(400);
  expect(await redeemed({ redirect_uri: 'http://127.0.0.1:53112/callback' })).toBe(400);
  expect(await redeemed({ client_secret: 'wrong' })).toBe(401);
  expect(await redeemed(serviceClient)).toBe(403);
});

test('The implicit grant answers in the fragment, without a refresh token.', async () => {
  const { walk, identity } = bench();
  const back = await walk({ client_id: 'page-client', response_type: 'token' });
  expect(back.search).toBe('');
  const answer = new URLSearchParams(back.hash.slice(1));
  expect([...answer.keys()].sort()).toEqual(['access_token', 'expires_in', 'state', 'token_type']);
  expect(await identity.authenticate(`Bearer ${answer.get('access_token')!}`)).toMatchObject({
    clientId: 'page-client',
  });
});

test.each([
  'http://localhost:53111/callback',
  'http://127.0.0.1:53111/callback/',
  'http://127.0.0.1:53111/callback?x=1',
  'http://127.0.0.1:53111/callback#x',
  'http://127.1:53111/callback',
  'http://127.0.0.1:99999/callback',
  'http://127.0.0.1@attacker.example/callback',
  'http://127.0.0.1.attacker.example/callback',
  'https://attacker.example/callback',
  'javascript:alert(1)//callback',
  '',
])('The redirect URI %s gets an error page and no redirect.', async (wrong) => {
  const reply = await bench().open({ redirect_uri: wrong });
  expect([reply.status, reply.headers?.['location']]).toEqual([400, undefined]);
  expect(reply.html).toContain('redirect_uri');
});

test('An IPv6 loopback redirect URI is taken, and an unknown client is not.', async () => {
  const { open } = bench();
  expect((await open({ redirect_uri: 'http://[::1]:53111/callback' })).status).toBe(200);
  expect((await open({ redirect_uri: 'http://127.0.0.1/callback' })).status).toBe(200);
  expect((await open({ client_id: 'nobody' })).status).toBe(400);
});

test('A wrong response type or grant travels back to the client with its state.', async () => {
  const { open } = bench();
  const error = async (more: Record<string, string>): Promise<URL> => locationOf(await open(more));
  const unsupported = await error({ response_type: 'id_token' });
  expect(unsupported.searchParams.get('error')).toBe('unsupported_response_type');
  expect(unsupported.searchParams.get('state')).toBe('s 1&');
  expect((await error({ client_id: 'page-client' })).searchParams.get('error')).toBe('unauthorized_client');
  const implicit = await error({ response_type: 'token' });
  expect(new URLSearchParams(implicit.hash.slice(1)).get('error')).toBe('unauthorized_client');
});

test('A wrong password shows the page again with a new transaction.', async () => {
  const { open, form } = bench();
  const first = transactionOf(await open());
  const again = await form(authorize, { transaction: first, username: '<b>"x', password: 'wrong' });
  expect(again.status).toBe(200);
  expect(again.html).toContain('role="alert"');
  expect(again.html).not.toContain('<b>');
  expect(transactionOf(again)).not.toBe(first);
});

test('A page is good for one post, by the one it was shown to, for ten minutes.', async () => {
  const { open, form, advance } = bench();
  const fields = { username: person.username, password: person.password };
  const transaction = transactionOf(await open());
  const consent = await form(authorize, { transaction, ...fields });
  expect((await form(authorize, { transaction, ...fields })).status).toBe(400);
  const forged = await form(authorize, { transaction: 'guessed', ...fields });
  expect([forged.status, forged.headers?.['location']]).toEqual([400, undefined]);
  advance(600);
  expect((await form(authorize, { transaction: transactionOf(consent) })).status).toBe(400);
});

test('A sign-in page is never taken for a consent.', async () => {
  const { open, form } = bench();
  const reply = await form(authorize, { transaction: transactionOf(await open()) });
  expect([reply.status, reply.headers?.['location']]).toEqual([200, undefined]);
  expect(reply.html).toContain('role="alert"');
});

test('Refusing leads back with access_denied, once.', async () => {
  const { open, form, get } = bench();
  const { username, password } = person;
  const consent = await form(authorize, { transaction: transactionOf(await open()), username, password });
  const href = /class="refuse" href="([^"]+)"/u.exec(consent.html ?? '')![1]!;
  expect(locationOf(await get(href)).searchParams.get('error')).toBe('access_denied');
  expect((await get(href)).status).toBe(400);
});

test('The password grant authenticates the client first, then the person.', async () => {
  const { token } = bench();
  const fields = { grant_type: 'password', username: person.username, password: person.password };
  const answer = read<Tokens & { data: object }>(await token({ ...fields, ...serviceClient }));
  expect(Object.keys(answer)).toEqual(['access_token', 'token_type', 'expires_in', 'refresh_token', 'data']);
  expect(answer.data).toMatchObject({
    user: { _id: person.id, username: person.username },
    account: { name: expect.any(String) as string },
  });
  expect(codesOf(await token({ ...fields, ...serviceClient, password: 'wrong' }))).toEqual([401, 101]);
  expect(
    codesOf(await token({ ...fields, ...serviceClient, client_secret: 'wrong', password: 'wrong' })),
  ).toEqual([401, 100]);
  expect(codesOf(await token({ ...fields, ...codeClient }))).toEqual([403, 199]);
});

test('Client credentials give a token of three hours and nothing else, from JSON and from forms.', async () => {
  const { token, form, identity } = bench();
  const fields = {
    grant_type: 'client_credentials',
    client_id: 'setup-client',
    client_secret: 'demo-setup-secret',
  };
  for (const reply of [await token(fields), await form('/v2/oauth2/token', fields)]) {
    const tokens = read<Tokens>(reply);
    expect(Object.keys(tokens)).toEqual(['access_token', 'token_type', 'expires_in']);
    expect(tokens.expires_in).toBe(10_800);
    expect(await identity.authenticate(`Bearer ${tokens.access_token}`)).toMatchObject({
      accountId: null,
      username: null,
    });
  }
  const basic = `Basic ${Buffer.from('setup-client:demo-setup-secret').toString('base64')}`;
  expect(codesOf(await token({ grant_type: 'client_credentials' }, basic))).toEqual([401, 100]);
});

const refreshed = async (how: 'bearer' | 'client' | 'none', switches: Switches = {}): Promise<Reply> => {
  const { token, advance } = bench(switches);
  const { username, password } = person;
  const first = read<Tokens>(await token({ grant_type: 'password', username, password, ...serviceClient }));
  advance(20_000);
  return token(
    {
      grant_type: 'refresh_token',
      refresh_token: first.refresh_token,
      ...(how === 'client' ? serviceClient : {}),
    },
    how === 'bearer' ? `Bearer ${first.access_token}` : undefined,
  );
};

test('A refresh takes the old access token, even expired, or the client, and gives no new refresh token.', async () => {
  for (const how of ['bearer', 'client'] as const) {
    expect(Object.keys(read<Tokens>(await refreshed(how)))).toEqual([
      'access_token',
      'token_type',
      'expires_in',
    ]);
  }
  expect(codesOf(await refreshed('none'))).toEqual([401, 100]);
  expect((await refreshed('bearer', { 'smartenit.refreshAuth': 'client' })).status).toBe(401);
  expect((await refreshed('client', { 'smartenit.refreshAuth': 'client' })).status).toBe(200);
  expect((await refreshed('client', { 'smartenit.refreshAuth': 'bearer' })).status).toBe(401);
  expect((await refreshed('bearer', { 'smartenit.refreshAuth': 'bearer' })).status).toBe(200);
});

test('A refresh token of another client is refused.', async () => {
  const { token } = bench();
  const { username, password } = person;
  const first = read<Tokens>(await token({ grant_type: 'password', username, password, ...serviceClient }));
  const fields = { grant_type: 'refresh_token', refresh_token: first.refresh_token };
  expect(codesOf(await token({ ...fields, ...codeClient }))).toEqual([400, 199]);
  const setup = {
    grant_type: 'client_credentials',
    client_id: 'setup-client',
    client_secret: 'demo-setup-secret',
  };
  const other = read<Tokens>(await token(setup)).access_token;
  expect(codesOf(await token(fields, `Bearer ${other}`))).toEqual([400, 199]);
});

test('Access tokens are missing, invalid, good, then expired, and a reset forgets them.', async () => {
  const { token, identity, advance } = bench({ 'smartenit.accessTokenSeconds': 60 });
  const { username, password } = person;
  const first = read<Tokens>(await token({ grant_type: 'password', username, password, ...serviceClient }));
  const header = `bearer ${first.access_token}`;
  expect(await identity.authenticate(undefined)).toBe('missing');
  expect(await identity.authenticate('Bearer x')).toBe('invalid');
  expect(await identity.authenticate(header)).toMatchObject({ username });
  advance(60);
  expect(await identity.authenticate(header)).toBe('expired');
  identity.reset();
  expect(await identity.authenticate(header)).toBe('invalid');
});

test('PKCE is ignored, or refused by switch.', async () => {
  const challenge = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' };
  const lenient = bench();
  const code = (await lenient.walk(challenge)).searchParams.get('code');
  const fields = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: 'y'.repeat(43),
    ...codeClient,
  };
  expect((await lenient.token(fields)).status).toBe(200);
  const strict = bench({ 'smartenit.pkce': 'rejected' });
  expect(locationOf(await strict.open(challenge)).searchParams.get('error')).toBe('invalid_request');
  const plain = (await strict.walk()).searchParams.get('code');
  expect(codesOf(await strict.token({ ...fields, code: plain }))).toEqual([400, 199]);
});

test("Bodies that are no JSON object or form of texts get the vendor's envelope.", async () => {
  const { token, identity } = bench();
  expect(codesOf(await token([]))).toEqual([400, 199]);
  expect(codesOf(await token({ grant_type: 5 }))).toEqual([400, 199]);
  expect(codesOf(await token({ grant_type: 'magic' }))).toEqual([400, 199]);
  expect((await identity.handle(exchange('GET', '/v2/oauth2/token')))?.status).toBe(405);
  expect(await identity.handle(exchange('GET', '/v2/users'))).toBeNull();
});
