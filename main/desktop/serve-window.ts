import type { BrowserWindow, IpcMain } from 'electron';
import { channel } from '../../preload/channel.ts';
import type { Dispatcher } from '../bridge/dispatcher.ts';
import { type ScreenLink, openScreenLink } from './screen-link.ts';
import type { ExternalAddresses } from './security/external-addresses.ts';
import { onTrusted } from './security/senders.ts';

export interface ServeWindowParts {
  readonly window: BrowserWindow;
  readonly ipc: Pick<IpcMain, 'on' | 'off'>;
  readonly dispatcher: Dispatcher;
  readonly addresses: ExternalAddresses;
  readonly note: (line: string) => void;
}

/**
 * Answers the window's page over IPC for as long as there is one.
 * @returns cancels what is under way and resolves when it has ended
 */
export function serveWindow(parts: ServeWindowParts): () => Promise<void> {
  const { window, ipc, dispatcher, addresses, note } = parts;
  const contents = window.webContents;
  const open = (): ScreenLink => openScreenLink({ dispatcher, contents, addresses, note });
  const draining = new Set<Promise<void>>();
  let link: ScreenLink | null = null;

  function leave(): void {
    if (link === null) return;
    const drained = link.drain();
    link = null;
    draining.add(drained);
    void drained.then(() => draining.delete(drained));
  }
  // A page that was reloaded, or whose process crashed, waits for nothing any more.
  contents.on('did-navigate', leave);
  contents.on('render-process-gone', leave);
  const stop = onTrusted(
    ipc,
    channel,
    contents,
    (message) => (link ??= open()).receive(message),
    () => note('A message from elsewhere than the window was dropped.'),
  );
  return async () => {
    stop();
    leave();
    await Promise.all(draining);
  };
}
