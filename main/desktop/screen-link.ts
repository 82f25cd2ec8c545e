import type { WebContents } from 'electron';
import * as v from 'valibot';
import { channel } from '../../preload/channel.ts';
import { requestMessage } from '../../preload/contract.ts';
import type { Dispatcher } from '../bridge/dispatcher.ts';
import type { ExternalAddresses } from './security/external-addresses.ts';

/** One document in the window and what it asked for. */
export interface ScreenLink {
  receive(message: unknown): void;
  /** Cancels what is under way. Resolves when all of it has ended, whatever was being written with it. */
  drain(): Promise<void>;
}

export interface ScreenLinkParts {
  readonly dispatcher: Dispatcher;
  readonly contents: WebContents;
  readonly addresses: ExternalAddresses;
  readonly note: (line: string) => void;
}

const numbered = v.looseObject({ request: requestMessage.entries.request });

/** Connects a document to the bridge. A reloaded page is another document: it counts its requests from one again. */
export function openScreenLink({ dispatcher, contents, addresses, note }: ScreenLinkParts): ScreenLink {
  const underWay = new Set<number>();
  const signIns = new Map<number, () => void>();
  let heard = true;
  let over: (() => void) | null = null;

  const screen = dispatcher.connect((message) => {
    if (message.type === 'answer') {
      underWay.delete(message.request);
      signIns.get(message.request)?.();
      signIns.delete(message.request);
      if (underWay.size === 0) over?.();
    }
    if (message.type === 'progress' && message.progress.kind === 'authorization') {
      signIns.get(message.request)?.();
      signIns.set(message.request, addresses.asked(message.progress.url));
    }
    if (heard && !contents.isDestroyed()) contents.send(channel, message);
  });

  return {
    receive(message) {
      if (!heard) return;
      const parsed = v.safeParse(numbered, message);
      const added = parsed.success && !underWay.has(parsed.output.request);
      // Before it is received: what is refused at once is answered at once.
      if (added) underWay.add(parsed.output.request);
      if (!screen.receive(message)) note('The window sent something that is no request.');
    },
    async drain() {
      heard = false;
      const ended = new Promise<void>((resolve) => (over = resolve));
      let number = Number.MAX_SAFE_INTEGER;
      for (const open of [...underWay]) {
        // From the other end of the numbers, where the page never comes.
        screen.receive({ request: number, method: 'requests.cancel', input: { request: open } });
        number -= 1;
      }
      if (underWay.size > 0) await ended;
      screen.close();
    },
  };
}
