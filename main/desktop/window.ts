import { BrowserWindow, nativeTheme, screen } from 'electron';
import { fitBounds, smallest } from './bounds.ts';
import type { KeptWindow } from './kept-window.ts';
import { appOrigin } from './security/app-scheme.ts';
import { webPreferences } from './security/web-preferences.ts';

export interface WindowParts {
  readonly kept: KeptWindow;
  readonly preload: string;
  readonly packaged: boolean;
  readonly note: (line: string) => void;
}

/** The page's colour before its own style is there (`--page` in renderer/tokens.css), so that nothing flashes. */
const page = { light: '#f4f6f6', dark: '#121618' } as const;

/** Makes the window, where it was last; it is loaded by {@link loadConsole}. */
export function createWindow({ kept, preload, packaged, note }: WindowParts): BrowserWindow {
  const { bounds, maximized } = kept.read();
  const display = bounds === null ? screen.getPrimaryDisplay() : screen.getDisplayMatching(bounds);
  const window = new BrowserWindow({
    ...fitBounds(bounds, display.workArea),
    minWidth: smallest.width,
    minHeight: smallest.height,
    title: 'Latchkey',
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? page.dark : page.light,
    webPreferences: webPreferences(preload, packaged),
  });
  window.once('ready-to-show', () => {
    // It would show the window by itself, before there is something in it.
    if (maximized) window.maximize();
    window.show();
  });
  window.on('close', () => {
    const state = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
    if (!kept.keep(state)) note("The window's place could not be saved.");
  });
  return window;
}

export function loadConsole(window: BrowserWindow, note: (line: string) => void): void {
  window.loadURL(`${appOrigin}/`).catch(() => {
    note("The window's page could not be loaded.");
    // An empty window can be closed; one that is never shown only keeps the next start from happening.
    if (!window.isDestroyed()) window.show();
  });
}

/** Shows the window, while there is one. */
export function bringForward(window: BrowserWindow): void {
  if (window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
