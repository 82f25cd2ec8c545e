import type { MenuItemConstructorOptions } from 'electron';

export interface MenuParts {
  readonly platform: NodeJS.Platform;
  /** Builds for people have no developer tools and no reload. */
  readonly packaged: boolean;
  readonly checkForUpdates: () => void;
  /** To what the window showed before, and forward again: there is no browser around it with buttons for that. */
  readonly goBack: () => void;
  readonly goForward: () => void;
}

/** The menu: what a platform's people expect for text and windows, and nothing that the console has itself. */
export function menuTemplate({
  platform,
  packaged,
  checkForUpdates,
  goBack,
  goForward,
}: MenuParts): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const view: MenuItemConstructorOptions[] = [
    { label: 'Back', accelerator: mac ? 'Cmd+[' : 'Alt+Left', click: goBack },
    { label: 'Forward', accelerator: mac ? 'Cmd+]' : 'Alt+Right', click: goForward },
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  const developer: MenuItemConstructorOptions[] = [
    { type: 'separator' },
    { role: 'reload' },
    { role: 'toggleDevTools' },
  ];
  return [
    mac ? { role: 'appMenu' } : { label: '&File', submenu: [{ role: 'quit' }] },
    { role: 'editMenu' },
    { label: mac ? 'View' : '&View', submenu: packaged ? view : [...view, ...developer] },
    { role: 'windowMenu' },
    { role: 'help', submenu: [{ label: 'Check for Updates...', click: checkForUpdates }] },
  ];
}
