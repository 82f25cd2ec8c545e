import { homedir } from 'node:os';
import path from 'node:path';

/**
 * The profile folder that all doors share: `LATCHKEY_HOME`, else the platform's application-data folder (the one that
 * Electron's `app.getPath('userData')` names: https://www.electronjs.org/docs/latest/api/app#appgetpathname).
 */
export function profileFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (env.LATCHKEY_HOME) return path.resolve(env.LATCHKEY_HOME);
  if (platform === 'win32')
    return path.join(env.APPDATA ?? path.join(home, 'AppData', 'Roaming'), 'Latchkey');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Latchkey');
  return path.join(env.XDG_CONFIG_HOME ?? path.join(home, '.config'), 'Latchkey');
}
