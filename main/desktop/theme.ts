import type { NativeTheme } from 'electron';
import type { Dispatcher } from '../bridge/dispatcher.ts';
import { readSettings } from '../connections/settings.ts';

export interface ThemeParts {
  /** The profile folder. */
  readonly home: string;
  readonly nativeTheme: Pick<NativeTheme, 'themeSource'>;
}

/** The theme that was chosen on the screen, for what the page does not draw: title bar, menus, dialogs, the first colour. */
export function wearTheme({ home, nativeTheme }: ThemeParts): void {
  const settings = readSettings(home);
  // Settings that cannot be read say nothing: what was worn stays, and the screen says why.
  if (settings.ok) nativeTheme.themeSource = settings.value.preferences.theme;
}

/**
 * Wears it anew whenever preferences change, by whatever door.
 * @returns how to stop
 */
export function followTheme(dispatcher: Pick<Dispatcher, 'connect'>, parts: ThemeParts): () => void {
  const screen = dispatcher.connect((message) => {
    if (message.type === 'event' && message.event === 'preferences.changed') wearTheme(parts);
  });
  return () => screen.close();
}
