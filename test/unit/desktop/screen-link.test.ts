import type { WebContents } from 'electron';
import { expect, test } from 'vitest';
import type { ScreenMessage } from '../../../preload/contract.ts';
import { ok } from '../../../preload/errors.ts';
import { type Handlers, createDispatcher } from '../../../main/bridge/dispatcher.ts';
import { openScreenLink } from '../../../main/desktop/screen-link.ts';
import { externalAddresses } from '../../../main/desktop/security/external-addresses.ts';

const url = 'https://id.vendor.example/authorize';

/** A window's page on a dispatcher that has one slow request: a sign-in that stores something when it is cancelled. */
function link() {
  const sent: ScreenMessage[] = [];
  const opened: string[] = [];
  const { promise: stored, resolve: store } = Promise.withResolvers<undefined>();
  const handlers = {
    'providers.list': () => Promise.resolve(ok([])),
    'sessions.signIn': async (
      _input: unknown,
      { signal, progress }: Parameters<Handlers['sessions.signIn']>[1],
    ) => {
      progress({
        kind: 'authorization',
        url,
        redirectUri: 'http://127.0.0.1:1/',
        expiresAt: 1,
        failure: null,
      });
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await stored;
      return ok({ subject: 'ana', expiresAt: null });
    },
  } as unknown as Handlers;
  const addresses = externalAddresses({ openExternal: (to) => Promise.resolve(void opened.push(to)) });
  const contents = {
    isDestroyed: () => false,
    send: (_channel: string, message: ScreenMessage) => void sent.push(message),
  } as unknown as WebContents;
  const dispatcher = createDispatcher(handlers);
  const screen = openScreenLink({ dispatcher, contents, addresses, note: () => undefined });
  return { screen, sent, opened, addresses, store: () => store(undefined) };
}

test('what is under way is cancelled and waited for, and the page hears no more of it', async () => {
  const { screen, sent, store } = link();
  screen.receive({ request: 1, method: 'sessions.signIn', input: { id: 'a' } });
  let drained = false;
  const drain = screen.drain().then(() => (drained = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(drained).toBe(false);
  store();
  await drain;
  expect(sent.map(({ type }) => type)).toEqual(['progress']);
});

test('with nothing under way there is nothing to wait for', async () => {
  const { screen, sent } = link();
  screen.receive({ request: 1, method: 'providers.list', input: {} });
  await expect.poll(() => sent.length).toBe(1);
  await screen.drain();
});

test('the address of a sign-in can be opened until the sign-in has ended', async () => {
  const { screen, opened, addresses, sent, store } = link();
  expect((await addresses.open(url)).ok).toBe(false);
  screen.receive({ request: 1, method: 'sessions.signIn', input: { id: 'a' } });
  expect((await addresses.open(url)).ok).toBe(true);
  screen.receive({ request: 2, method: 'requests.cancel', input: { request: 1 } });
  store();
  await expect.poll(() => sent.filter(({ type }) => type === 'answer').length).toBe(2);
  expect((await addresses.open(url)).ok).toBe(false);
  expect(opened).toEqual([url]);
});

test('a message of the wrong shape is answered and does not stay under way', async () => {
  const { screen, sent } = link();
  screen.receive({ request: 1, method: 'shell.openExternal', input: { url } });
  expect(sent).toMatchObject([{ request: 1, result: { ok: false, error: { code: 'input_invalid' } } }]);
  await screen.drain();
});
