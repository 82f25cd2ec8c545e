import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Connection } from '../../../main/connections/connection.ts';
import { type HostileProvider, startHostileProvider } from '../../support/hostile-provider/provider.ts';
import { type RelyingParty, createRelyingParty, visit } from '../../support/relying-party.ts';

/** `honest` is whom the user trusts, `hostile` another server that a connection points to. */
let honest: HostileProvider;
let hostile: HostileProvider;
beforeAll(async () => {
  [honest, hostile] = await Promise.all([startHostileProvider(), startHostileProvider()]);
});
afterAll(() => Promise.all([honest.close(), hostile.close()]));
afterEach(() => {
  honest.reset();
  hostile.reset();
});

async function relyingParty(...options: Parameters<typeof createRelyingParty>): Promise<RelyingParty> {
  const party = await createRelyingParty(...options);
  onTestFinished(() => party.close());
  return party;
}

describe('mix-up (RFC 9207 1): a hostile server sends the browser on to the honest one', () => {
  const announces = { authorization_response_iss_parameter_supported: true };
  const sendsOn = (request: URL): string => `${honest.issuer}/authorize${request.search}`;

  test('the honest server names itself: its code does not go to the hostile one', async () => {
    const party = await relyingParty();
    honest.bend = { discovery: announces, callback: { iss: honest.issuer } };
    hostile.bend = { redirectTo: sendsOn };
    const result = await party.signIn(hostile.connection());
    expect(result).toMatchObject({ ok: false, error: { code: 'issuer_mismatch' } });
    expect(hostile.seenAt('/token')).toEqual([]);
  });

  test('the hostile server announces `iss` and the honest one sends none: no code is redeemed either', async () => {
    const party = await relyingParty();
    hostile.bend = { discovery: announces, redirectTo: sendsOn };
    expect(await party.signIn(hostile.connection())).toMatchObject({
      ok: false,
      error: { code: 'issuer_mismatch' },
    });
    expect(hostile.seenAt('/token')).toEqual([]);
  });
});

describe('PKCE downgrade', () => {
  test.each<[string, object]>([
    ['announces plain alone', { code_challenge_methods_supported: ['plain'] }],
    ['announces nothing', { code_challenge_methods_supported: undefined }],
  ])('a server that %s is asked with S256 all the same', async (_what, discovery) => {
    const party = await relyingParty();
    honest.bend = { discovery: { ...discovery } };
    let asked = '';
    const result = await party.signIn(honest.connection(), (event) => {
      if (event.event === 'authorization_url') asked = event.url;
    });
    expect(result).toMatchObject({ ok: true });
    expect(new URL(asked).searchParams.get('code_challenge_method')).toBe('S256');
    expect(new URL(asked).searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
  });

  test('a server that refuses the proof is not asked again without', async () => {
    const party = await relyingParty();
    honest.bend = {
      callback: { code: undefined, error: 'invalid_request', error_description: 'code_challenge is unknown' },
    };
    expect(await party.signIn(honest.connection())).toMatchObject({
      ok: false,
      error: { code: 'client_rejected' },
    });
    expect(honest.seenAt('/authorize')).toHaveLength(1);
    expect(honest.seenAt('/token')).toEqual([]);
  });
});

describe('a code that is not for this sign-in', () => {
  /** A code that the honest server gave to somebody else's sign-in with the same client. */
  async function codeOfAnother(connection: Connection): Promise<string> {
    let stolen = '';
    const other = await relyingParty(async (url) => {
      const { headers } = await fetch(url, { redirect: 'manual' });
      stolen = new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
      return { status: 0, text: '' };
    });
    expect(await other.signIn(connection)).toMatchObject({ error: { code: 'callback_timeout' } });
    return stolen;
  }

  test('injected with the right state it is refused by its proof key', async () => {
    // The same redirect URI both times, so that the proof key alone tells the two apart.
    const connection = honest.connection({ redirect: { ports: [await freePort()], path: '/callback' } });
    const code = await codeOfAnother(connection);
    const party = await relyingParty();
    honest.bend = { callback: { code } };
    expect(await party.signIn(connection)).toMatchObject({
      ok: false,
      error: { code: 'authorization_denied' },
    });
    expect(honest.seenAt('/token').map(({ form }) => form.get('code'))).toEqual([code]);
  });

  test('redeemed by a server that does not look at the proof, the nonce gives it away', async () => {
    const party = await relyingParty();
    honest.bend = { claims: { nonce: 'nonce-of-another' } };
    expect(await party.signIn(honest.connection())).toMatchObject({
      ok: false,
      error: { code: 'id_token_invalid' },
    });
  });

  test('replayed, it meets a port that is closed; it was redeemed once', async () => {
    let callback = '';
    const party = await relyingParty(async (url) => {
      const { headers } = await fetch(url, { redirect: 'manual' });
      callback = headers.get('location') ?? '';
      return visit(callback);
    });
    expect(await party.signIn(honest.connection())).toMatchObject({ ok: true });
    await Promise.all(party.visits);
    await expect(fetch(callback)).rejects.toThrow();
    expect(honest.seenAt('/token')).toHaveLength(1);
  });

  test('state, nonce and proof key are long, and other ones for each sign-in', async () => {
    const secretsOf = async (): Promise<string[]> => {
      const party = await relyingParty();
      let asked = '';
      const result = await party.signIn(honest.connection(), (event) => {
        if (event.event === 'authorization_url') asked = event.url;
      });
      expect(result).toMatchObject({ ok: true });
      const { searchParams } = new URL(asked);
      const verifier = honest.seenAt('/token').at(-1)?.form.get('code_verifier') ?? '';
      return [...['state', 'nonce', 'code_challenge'].map((name) => searchParams.get(name) ?? ''), verifier];
    };
    const [one, two] = [await secretsOf(), await secretsOf()];
    // 256 bits in base64url.
    for (const secret of [...one, ...two]) expect(secret).toMatch(/^[\w-]{43}$/);
    expect(new Set([...one, ...two]).size).toBe(8);
  });

  test('the code, the state and the verifier stand in no request record', async () => {
    const party = await relyingParty();
    expect(await party.signIn(honest.connection())).toMatchObject({ ok: true });
    const { form } = honest.seenAt('/token')[0] ?? {};
    const records = JSON.stringify(party.records);
    for (const name of ['code', 'code_verifier']) expect(records).not.toContain(form?.get(name));
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('what the browser brings back beside a code', () => {
  test.each<[string, Record<string, string | undefined>]>([
    ['an ID token', { id_token: 'eyJhbGciOiJub25lIn0.e30.' }],
    ['a token', { token: 'token-example' }],
    ['a signed answer (JARM) that repeats the state', { response: 'eyJhbGciOiJub25lIn0.e30.' }],
    ['nothing, not even a code', { code: undefined }],
  ])('%s: refused by name, and no code is redeemed', async (_what, callback) => {
    const party = await relyingParty();
    honest.bend = { callback };
    const result = await party.signIn(honest.connection());
    expect(result).toMatchObject({ ok: false, error: { code: 'token_response_invalid' } });
    expect(JSON.stringify(result)).not.toMatch(/eyJ|token-example/);
    expect(honest.seenAt('/token')).toEqual([]);
    const [page] = await Promise.all(party.visits);
    expect(page?.text).toContain('The sign-in did not succeed');
  });

  test('a description with script in it is text, on the page and in the message', async () => {
    const party = await relyingParty();
    const description = '<script>alert(1)</script>\u001b[31m\u202e';
    honest.bend = { callback: { code: undefined, error: 'server_error', error_description: description } };
    const result = await party.signIn(honest.connection());
    expect(result).toMatchObject({ ok: false, error: { code: 'provider_failed' } });

    expect(result.ok ? '' : result.error.message).not.toMatch(/[\u0000-\u001f\u202e]/);
    const [page] = await Promise.all(party.visits);
    expect(page?.text).toContain('&lt;script&gt;alert(1)');
    expect(page?.text.match(/<script>/g)).toHaveLength(1);
  });
});

describe('the browser', () => {
  test('in the foreground, it ends only after its last page, which does not wait for that', async () => {
    const party = await relyingParty(visit, true);
    expect(await party.signIn(honest.connection())).toMatchObject({ ok: true });
    expect((await party.visits[0])?.text).toContain('You are signed in');
  });

  test('faster than its own start: who opens the address as soon as it is known finds the receiver there', async () => {
    const party = await relyingParty(() => new Promise(() => undefined));
    let page: Promise<{ readonly text: string }> | undefined;
    const result = await party.signIn(honest.connection(), (event) => {
      if (event.event === 'authorization_url') page = visit(event.url);
    });
    expect(result).toMatchObject({ ok: true });
    expect((await page)?.text).toContain('You are signed in');
  });
});
