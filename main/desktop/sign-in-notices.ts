import * as v from 'valibot';
import { type ConnectionInfo, methods } from '../../preload/contract.ts';
import type { Dispatcher } from '../bridge/dispatcher.ts';

export interface SignInNoticesParts {
  readonly dispatcher: Dispatcher;
  /** Whether a person looks at the window now: then the status bar says it. */
  readonly watched: () => boolean;
  readonly notify: (notice: { readonly title: string; readonly body: string }) => void;
}

/**
 * Tells of sessions that ended and need a person, once each, and of nothing else. It asks over the same bridge as a
 * screen does, so it knows no more than one.
 * @returns how to stop
 */
export function signInNotices({ dispatcher, watched, notify }: SignInNoticesParts): () => void {
  let needed: ReadonlySet<string> | null = null;
  let request = 0;
  let waiting = false;
  let changed = false;

  const screen = dispatcher.connect((message) => {
    if (message.type === 'event' && message.event === 'connections.changed') look();
    if (message.type !== 'answer' || message.request !== request) return;
    waiting = false;
    if (message.result.ok) compare(v.parse(methods['connections.list'].output, message.result.value));
    if (changed) look();
  });

  function look(): void {
    changed = waiting;
    if (waiting) return;
    waiting = true;
    request += 1;
    screen.receive({ request, method: 'connections.list', input: {} });
  }

  function compare(connections: readonly ConnectionInfo[]): void {
    const before = needed;
    const ended = connections.filter(({ session }) => session.state === 'sign_in_needed');
    needed = new Set(ended.map(({ id }) => id));
    // What was so at the start is no news.
    if (before === null || watched()) return;
    for (const { id, name } of ended) {
      if (before.has(id)) continue;
      notify({
        title: `${name}: sign-in needed`,
        body: 'Its session has ended. Open Latchkey to sign in again.',
      });
    }
  }

  look();
  return () => screen.close();
}
