import { contextBridge, ipcRenderer } from 'electron';
import { channel } from './channel.ts';

/**
 * Runs in the window before its page, sandboxed and in a world of its own. The page gets two functions that carry plain
 * values on one channel: nothing of Electron itself, no channel of its choice, no event object with a sender in it
 * (https://www.electronjs.org/docs/latest/tutorial/security#20-do-not-expose-electron-apis-to-untrusted-web-content).
 */
contextBridge.exposeInMainWorld('latchkey', {
  send: (message: unknown): void => ipcRenderer.send(channel, message),
  listen: (listener: (message: unknown) => void): void => {
    ipcRenderer.on(channel, (_event, message: unknown) => listener(message));
  },
});
