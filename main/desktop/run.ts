import { fileURLToPath } from 'node:url';
import {
  BrowserWindow,
  Menu,
  Notification,
  app,
  dialog,
  ipcMain,
  nativeTheme,
  powerMonitor,
  protocol,
  session,
  shell,
} from 'electron';
import { openBridge } from '../bridge/open.ts';
import { preloadFile, screenFolder } from '../entry-points.ts';
import { homepage, version } from '../version.ts';
import { reviveCrashedPage } from './crashed-page.ts';
import { keptWindow } from './kept-window.ts';
import { startKeytarProcess } from './keytar-process.ts';
import { menuTemplate } from './menu.ts';
import { noteOn } from './note.ts';
import { notifications } from './notifications.ts';
import { quitGently } from './quit.ts';
import { saveExport } from './save-export.ts';
import { screenFiles } from './screen-files.ts';
import { externalAddresses } from './security/external-addresses.ts';
import { denyNavigation } from './security/navigation.ts';
import { denyNewWindows } from './security/new-windows.ts';
import { denyPermissions } from './security/permissions.ts';
import { onlyOwnRequests } from './security/requests.ts';
import { denyWebviews } from './security/webviews.ts';
import { serveWindow } from './serve-window.ts';
import { signInNotices } from './sign-in-notices.ts';
import { followTheme, wearTheme } from './theme.ts';
import { offerUpdate, updateSource } from './updates.ts';
import { bringForward, createWindow, loadConsole } from './window.ts';

/** What is under way at the end has this long, in milliseconds. */
const quitMs = 15_000;

const note = noteOn(process.stderr);

/** Opens the one window on the console, and ends with it. The app must be ready. */
export function runDesktop(home: string): void {
  const packaged = app.isPackaged;
  const addresses = externalAddresses(shell);
  wearTheme({ home, nativeTheme });
  // Windows shows notifications only of apps that it knows by this name (electron-builder.yml, appId).
  app.setAppUserModelId('example.latchkey.console');
  const { platform } = process;
  const checkForUpdates = (): void => {
    void offerUpdate({
      source: updateSource({ packaged, platform, appImage: process.env.APPIMAGE }),
      version,
      homepage,
      loadUpdater: async () => (await import('./updater.ts')).updater(),
      ask: (box) => dialog.showMessageBox(box),
    });
  };
  const goBack = (): void => window.webContents.navigationHistory.goBack();
  const goForward = (): void => window.webContents.navigationHistory.goForward();
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(menuTemplate({ platform, packaged, checkForUpdates, goBack, goForward })),
  );
  denyPermissions(session.defaultSession);
  onlyOwnRequests(session.defaultSession, packaged);
  protocol.handle('app', screenFiles(fileURLToPath(screenFolder)));
  app.on('web-contents-created', (_event, contents) => {
    denyNavigation(contents);
    denyWebviews(contents);
    denyNewWindows(contents, (url) => {
      void addresses.open(url).then((opened) => {
        if (!opened.ok) note(opened.error.message);
      });
    });
  });

  const bridge = openBridge({
    door: 'desktop',
    version,
    home,
    env: process.env,
    openBrowser: (url) => addresses.open(url),
    resolveProxy: (url) => session.defaultSession.resolveProxy(url),
    deliver: saveExport(dialog, () => window),
    keychain: { startHelper: startKeytarProcess },
    note,
  });
  const { dispatcher } = bridge;
  const kept = keptWindow(home, ipcMain);
  const window = createWindow({ kept, preload: fileURLToPath(preloadFile), packaged, note });
  const leave = serveWindow({ window, ipc: ipcMain, dispatcher, addresses, note });
  reviveCrashedPage({
    contents: window.webContents,
    load: () => loadConsole(window, note),
    quit: () => app.quit(),
    ask: (box) => dialog.showMessageBox(window, box),
    note,
  });
  let stopWatching = (): void => undefined;
  window.webContents.once('did-finish-load', () => {
    const stopTheme = followTheme(dispatcher, { home, nativeTheme });
    const stopNotices = signInNotices({
      dispatcher,
      watched: () => BrowserWindow.getFocusedWindow() !== null,
      notify: notifications(
        (notice) => new Notification(notice),
        () => bringForward(window),
      ),
    });
    stopWatching = () => {
      stopTheme();
      stopNotices();
    };
  });
  loadConsole(window, note);

  powerMonitor.on('resume', () => bridge.resumed());
  app.on('second-instance', () => bringForward(window));
  app.on('window-all-closed', () => app.quit());
  // Windows tells the window alone that the person logs off; elsewhere the system's signal quits the app.
  window.on('session-end', () => app.quit());
  app.on('before-quit', () => dispatcher.emit('app.closing', {}));
  quitGently(
    app,
    async () => {
      stopWatching();
      await leave();
      await bridge.close();
    },
    quitMs,
  );
}
