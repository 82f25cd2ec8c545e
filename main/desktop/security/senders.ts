import type { IpcMain, IpcMainEvent, WebContents } from 'electron';
import { isOurs } from './app-scheme.ts';

/**
 * The attack: a frame or window that should not be there sends messages as if it were the console's page.
 * The rule: a message counts when it comes from the one window, from its top frame, and from our own page in it. Every
 * listener in the program is registered here.
 * https://www.electronjs.org/docs/latest/tutorial/security#17-validate-the-sender-of-all-ipc-messages
 * @param refused told of each message that was dropped, without its content
 * @returns how to stop listening
 */
export function onTrusted(
  ipc: Pick<IpcMain, 'on' | 'off'>,
  channel: string,
  contents: Pick<WebContents, 'id'>,
  listener: (message: unknown) => void,
  refused: () => void,
): () => void {
  const checked = (event: IpcMainEvent, message: unknown): void => {
    if (isTrusted(event, contents)) listener(message);
    else refused();
  };
  ipc.on(channel, checked);
  return () => void ipc.off(channel, checked);
}

/** `senderFrame` is null when the frame is gone by the time its message arrives. */
function isTrusted({ sender, senderFrame }: IpcMainEvent, { id }: Pick<WebContents, 'id'>): boolean {
  return sender.id === id && senderFrame !== null && senderFrame.parent === null && isOurs(senderFrame.url);
}
