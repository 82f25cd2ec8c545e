import { expect, test } from 'vitest';
import { type ConnectionInfo } from '../../../preload/contract.ts';
import { ok } from '../../../preload/errors.ts';
import { type Handlers, createDispatcher } from '../../../main/bridge/dispatcher.ts';
import { signInNotices } from '../../../main/desktop/sign-in-notices.ts';

type State = ConnectionInfo['session']['state'];

function connection(name: string, state: State): ConnectionInfo {
  return {
    id: `id-${name}`,
    name,
    provider: 'konexus',
    environment: 'production',
    grant: 'client_credentials',
    clientId: 'c',
    clientAuth: 'basic',
    username: null,
    scope: null,
    redirectPorts: [],
    redirectPath: '/callback',
    overrides: {},
    sandbox: false,
    session: {
      state,
      subject: null,
      displayName: null,
      expiresAt: null,
      refreshExpiresAt: null,
      failure: null,
      nextTryAt: null,
      signInBy: null,
      warnFrom: null,
      tokens: [],
    },
  };
}

function watch(first: State) {
  let states: Record<string, State> = { acme: first };
  let watched = false;
  let looks = 0;
  const titles: string[] = [];
  const dispatcher = createDispatcher({
    'connections.list': () => {
      looks += 1;
      return Promise.resolve(ok(Object.entries(states).map(([name, state]) => connection(name, state))));
    },
  } as unknown as Handlers);
  const stop = signInNotices({
    dispatcher,
    watched: () => watched,
    notify: ({ title }) => titles.push(title),
  });
  const settled = (count: number): Promise<void> => expect.poll(() => looks).toBe(count);
  return {
    titles,
    stop,
    settled,
    change: async (now: Record<string, State>, look = false) => {
      states = now;
      watched = look;
      const before = looks;
      dispatcher.emit('connections.changed', {});
      await settled(before + 1);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('a session that ended is told of once', async () => {
  const { titles, change, settled, stop } = watch('signed_in');
  await settled(1);
  await change({ acme: 'sign_in_needed' });
  await change({ acme: 'sign_in_needed' });
  expect(titles).toEqual(['acme: sign-in needed']);
  await change({ acme: 'signed_in' });
  await change({ acme: 'sign_in_needed' });
  expect(titles).toHaveLength(2);
  stop();
});

test('nothing else is told: what was so at the start, a sign-out, or what a person looks at', async () => {
  const { titles, change, settled, stop } = watch('sign_in_needed');
  await settled(1);
  await change({ acme: 'sign_in_needed' });
  await change({ acme: 'signed_out' });
  await change({ acme: 'sign_in_needed' }, true);
  expect(titles).toEqual([]);
  stop();
});
