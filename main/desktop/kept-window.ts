import type { IpcMain } from 'electron';
import Store from 'electron-store';
import { type WindowState, readWindowState } from './bounds.ts';

export interface KeptWindow {
  read(): WindowState;
  /** False where it could not be written; the window will open where it did before. */
  keep(state: WindowState): boolean;
}

/** The window's place, in `window.json` of the profile folder. A damaged file counts as none: nothing is lost with it. */
export function keptWindow(home: string, ipc: Pick<IpcMain, 'removeAllListeners'>): KeptWindow {
  const store = new Store<{ window: WindowState }>({
    name: 'window',
    cwd: home,
    clearInvalidConfig: true,
    configFileMode: 0o600,
  });
  // electron-store listens there for renderers that use it, whoever they are. Ours does not.
  ipc.removeAllListeners('electron-store-get-data');
  return {
    read: () => readWindowState(store.get('window')),
    keep(state) {
      try {
        store.set('window', state);
        return true;
      } catch {
        return false;
      }
    },
  };
}
