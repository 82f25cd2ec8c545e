import type { MessageBoxOptions, MessageBoxReturnValue } from 'electron';

/**
 * Updates of the installed desktop console. Nothing is asked of a server, downloaded or installed until a person says so,
 * each time: the menu checks, a dialog asks before the download, another before the restart.
 *
 * Only where the system proves who made the new version: Windows (the installer's Authenticode signature must name the same
 * publisher, electron-updater's `verifyUpdateCodeSignature`) and macOS (Squirrel.Mac refuses another signature).
 * A .deb or .rpm belongs to the package manager; an AppImage carries no signature, so a person fetches a new one.
 * https://www.electron.build/auto-update
 */

/** Who brings new versions of this copy. */
export type UpdateSource = 'updater' | 'package manager' | 'by hand' | 'source tree';

export interface Copy {
  readonly packaged: boolean;
  readonly platform: NodeJS.Platform;
  /** Set by the launcher of an AppImage: its own path. */
  readonly appImage: string | undefined;
}

/** @returns who brings new versions of this copy */
export function updateSource({ packaged, platform, appImage }: Copy): UpdateSource {
  if (!packaged) return 'source tree';
  if (platform === 'win32' || platform === 'darwin') return 'updater';
  return appImage === undefined ? 'package manager' : 'by hand';
}

/** The part of electron-updater that is used. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  allowDowngrade: boolean;
  checkForUpdates(): Promise<{ isUpdateAvailable: boolean; updateInfo: { version: string } } | null>;
  downloadUpdate(): Promise<unknown>;
  quitAndInstall(): void;
}

export interface UpdateParts {
  readonly source: UpdateSource;
  readonly version: string;
  readonly homepage: string;
  /** Loaded only where it is used. */
  readonly loadUpdater: () => Promise<Updater>;
  readonly ask: (box: MessageBoxOptions) => Promise<Pick<MessageBoxReturnValue, 'response'>>;
}

const otherSources: Record<Exclude<UpdateSource, 'updater'>, (homepage: string) => string> = {
  'package manager': () => 'Updates of this copy come with the updates of your system.',
  'by hand': (homepage) =>
    `An AppImage carries no signature that could be checked, so Latchkey does not replace it. New ones are at ${homepage}.`,
  'source tree': () => 'This copy was built from source. Pull and build again.',
};

/** Checks for a new version because a person asked to, and goes on only as far as that person agrees. Never rejects. */
export async function offerUpdate({
  source,
  version,
  homepage,
  loadUpdater,
  ask,
}: UpdateParts): Promise<void> {
  const tell = (message: string, detail: string): Promise<unknown> =>
    ask({ type: 'info', message, detail, buttons: ['OK'] });
  const agrees = async (message: string, detail: string, yes: string): Promise<boolean> => {
    const box = { message, detail, buttons: [yes, 'Not now'], defaultId: 0, cancelId: 1 };
    return (await ask({ type: 'question', ...box })).response === 0;
  };
  if (source !== 'updater') {
    await tell(`This is Latchkey ${version}.`, otherSources[source](homepage));
    return;
  }
  try {
    const updater = await loadUpdater();
    updater.autoDownload = false;
    updater.autoInstallOnAppQuit = false;
    updater.allowDowngrade = false;
    const found = await updater.checkForUpdates();
    if (!found?.isUpdateAvailable) {
      await tell(`Latchkey ${version} is the newest.`, `Checked at ${homepage}.`);
      return;
    }
    const next = found.updateInfo.version;
    const download = `You have ${version}. It is downloaded now, and installed only when you say so.`;
    if (!(await agrees(`Latchkey ${next} is available.`, download, 'Download'))) return;
    await updater.downloadUpdate();
    const restart =
      'Its signature was checked. Latchkey finishes what is under way, closes, and opens again.';
    if (await agrees(`Latchkey ${next} is ready.`, restart, 'Install and restart')) updater.quitAndInstall();
  } catch (error) {
    await tell('Latchkey was not updated.', refusal(error));
  }
}

/** electron-updater's errors carry a code where the download is not what was announced or not signed as it should be. */
function refusal(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_UPDATER_INVALID_SIGNATURE')
    return 'The new version is not signed by the publisher of this one, so it was thrown away. Tell whoever gave you Latchkey.';
  if (code === 'ERR_CHECKSUM_MISMATCH')
    return 'What was downloaded is not what was announced, so it was thrown away. Try again; if it stays, tell whoever gave you Latchkey.';
  return `${error instanceof Error ? error.message : String(error)}\nThis version goes on working. Try again later.`;
}
