import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { statusRemark } from '../../../main/cli/status-remark.ts';
import { profileOf } from '../../../main/providers/catalogue.ts';
import { lockFolder } from '../../../main/sessions/lock-folder.ts';
import type { Session } from '../../../main/sessions/session.ts';
import { type Sessions, createSessions } from '../../../main/sessions/sessions.ts';
import type { SessionStatus } from '../../../main/sessions/status.ts';
import { readSecrets, updateSecrets } from '../../../main/vault/secrets.ts';
import {
  type TestClock,
  type TestVault,
  testClock,
  testConnection,
  testSession,
  testVault,
} from '../../support/sessions.ts';
import { closedPort, openHttp, serve, serveTls } from '../http/servers.ts';
import { type RenewalTrouble, renewalTroubles } from './renewal-troubles.ts';

const minute = 60_000;
const docs = path.resolve(import.meta.dirname, '../../../docs/sessions.md');

let home: string;
let clock: TestClock;
let vault: TestVault;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'latchkey-troubles-'));
  clock = testClock(Date.now());
  vault = testVault();
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** The token endpoint's next answer; null = new tokens. */
type Answer = Extract<RenewalTrouble['server'], (...given: never[]) => void> | null;

async function tokenServer(): Promise<{
  address: string;
  answers: (answer: Answer) => void;
  asked: () => number;
}> {
  let now: Answer = null;
  let asked = 0;
  const { origin } = await serve((request, response) => {
    asked += 1;
    request.resume().on('end', () => {
      const { url = '', headers } = request;
      if (now !== null) now(response, request);
      else if (url.startsWith('/.well-known/')) {
        const issuer = `http://${headers.host ?? ''}`;
        const document = { issuer, token_endpoint: `${issuer}/token` };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
      } else
        response.writeHead(200, { 'content-type': 'application/json' }).end(
          JSON.stringify({
            access_token: 'access-2',
            refresh_token: 'refresh-2',
            token_type: 'Bearer',
            expires_in: 3600,
          }),
        );
    });
  });
  return { address: origin, answers: (answer) => void (now = answer), asked: () => asked };
}

/** `patienceMs`: for an answer; a server that answers may take its time on a busy machine. */
function room(patienceMs = 60_000): Sessions {
  const openBrowser = (): Promise<never> => Promise.reject(new Error('Nobody may open a browser.'));
  const http = openHttp({ timeoutMs: { headers: patienceMs } });
  return createSessions({ home, vault, http, clock, profileOf, openBrowser });
}

async function statusOf(
  sessions: Sessions,
  connection: ReturnType<typeof testConnection>,
): Promise<SessionStatus> {
  const status = await sessions.status(connection);
  if (!status.ok) throw new Error(status.error.message);
  return status.value;
}

/** A connection to that server with a session whose access token lives another three minutes. */
async function signedIn(
  address: string,
  at?: RenewalTrouble['at'],
): Promise<ReturnType<typeof testConnection>> {
  const byHand = testConnection({}, address);
  const { paths, authorizationParams, apiHeaders, switches } = byHand.overrides;
  const connection: ReturnType<typeof testConnection> =
    at === undefined
      ? byHand
      : {
          ...byHand,
          provider: 'oidc',
          overrides: { issuer: address, paths, authorizationParams, apiHeaders, switches },
        };
  const session = testSession(connection, clock.now() - 57 * minute);
  await updateSecrets<Session>(vault, lockFolder(home), connection.id, () => ({
    version: 1,
    credentials: { clientSecret: 'acme secret' },
    session,
  }));
  return connection;
}

async function stored(connection: ReturnType<typeof testConnection>): Promise<Session | null> {
  const secrets = await readSecrets<Session>(vault, connection.id);
  return secrets.ok ? secrets.value.session : null;
}

/** A computer without any name server hears something else; the docs show the usual. */
const noNameServer = 'could not be looked up: no name server answered.';
const notFound = 'was not found: its name is not known to the name server.';

/** How the row reads in docs/sessions.md. */
function line({ what, code, then }: RenewalTrouble, remark: string): string {
  const now = code === 'sign_in_needed' ? 'sign in needed' : 'signed in';
  return `| ${what} | \`${code}\` | ${now} | ${then} | ${remark} |`;
}

describe('what a renewal can meet', () => {
  test.each(renewalTroubles.map((trouble) => [trouble.what, trouble] as const))(
    '%s',
    async (_what, trouble) => {
      const server = await tokenServer();
      let { address } = server;
      if (typeof trouble.server === 'function') server.answers(trouble.server);
      else if (trouble.server.address === 'tls')
        ({ origin: address } = await serveTls('server', () => undefined));
      else if (trouble.server.address === 'closed') address = `http://127.0.0.1:${await closedPort()}`;
      else ({ address } = trouble.server);
      const connection = await signedIn(address, trouble.at);
      const before = await stored(connection);
      const sessions = trouble.code === 'timeout' ? room(300) : room();

      const renewed = await sessions.renew(connection, null);
      expect(renewed).toMatchObject({ ok: false, error: { code: trouble.code } });
      const status = await statusOf(sessions, connection);
      expect(status.state).toBe(trouble.ended ? 'sign_in_needed' : 'signed_in');
      expect(status.failure).toEqual(renewed.ok ? null : renewed.error);
      const wait = status.nextTryAt === null ? null : Date.parse(status.nextTryAt) - clock.now();
      expect(wait).toBe(trouble.nextTry === null ? null : trouble.nextTry * 1000);

      const remark =
        statusRemark(status, clock.now())
          ?.replaceAll(address, 'https://id.acme.example')
          .replaceAll(new URL(address).host, 'id.acme.example')
          .replace(noNameServer, notFound)
          .replace(/ It is the certificate of .*? Nothing was sent\./, ' Nothing was sent.') ?? '';
      expect(await readFile(docs, 'utf8')).toContain(line(trouble, remark));

      clock.advance(10 * minute);
      expect((await statusOf(sessions, connection)).state.replaceAll('_', ' ')).toBe(trouble.then);

      // The login is still there, or it is not: seen by asking a server that is well again.
      if (trouble.ended) {
        expect(await sessions.renew(connection, null)).toMatchObject({
          ok: false,
          error: { code: 'sign_in_needed' },
        });
        return;
      }
      expect({ ...(await stored(connection)), trouble: null }).toEqual(before);
      if (typeof trouble.server !== 'function') return;
      server.answers(null);
      expect(await room().renew(connection, null)).toMatchObject({
        ok: true,
        value: { accessToken: 'access-2' },
      });
      expect((await statusOf(sessions, connection)).failure).toBeNull();
    },
  );
});

test('the table in the docs has these rows and no others', async () => {
  const text = await readFile(docs, 'utf8');
  const rows = text.split('\n').filter((row) => /^\| .* \| `\w+` \| (signed in|sign in needed) \|/.test(row));
  expect(rows).toHaveLength(renewalTroubles.length);
});

describe('a clock that is wrong', () => {
  test('a year ahead, with a refresh token that seems to have ended: the server is asked, and says otherwise', async () => {
    const server = await tokenServer();
    const connection = await signedIn(server.address);
    const sessions = room();
    clock.advance(365 * 24 * 60 * minute);
    expect(await sessions.access(connection)).toMatchObject({
      ok: true,
      value: { session: { accessToken: 'access-2' } },
    });
    clock.advance(-365 * 24 * 60 * minute);
    expect(await sessions.access(connection)).toMatchObject({
      ok: true,
      value: { session: { accessToken: 'access-2' } },
    });
    expect(server.asked()).toBe(1);
  });

  test('put back by a day while a server asks to wait: nobody waits for a day', async () => {
    const server = await tokenServer();
    const connection = await signedIn(server.address);
    const sessions = room();
    clock.advance(4 * minute);
    server.answers((response) => void response.writeHead(429, { 'retry-after': '120' }).end());
    expect(await sessions.access(connection)).toMatchObject({ ok: false, error: { code: 'rate_limited' } });
    server.answers(null);
    expect(await sessions.access(connection)).toMatchObject({ ok: false, error: { code: 'rate_limited' } });
    expect(server.asked()).toBe(1);
    clock.advance(-24 * 60 * minute);
    expect(await sessions.renew(connection, 'access-1')).toMatchObject({
      ok: true,
      value: { accessToken: 'access-2' },
    });
  });
});
