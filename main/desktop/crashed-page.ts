import type { MessageBoxOptions, MessageBoxReturnValue, WebContents } from 'electron';

export interface CrashedPageParts {
  readonly contents: Pick<WebContents, 'on' | 'isDestroyed'>;
  /** Loads the console's page into the window again. */
  readonly load: () => void;
  readonly quit: () => void;
  readonly ask: (box: MessageBoxOptions) => Promise<Pick<MessageBoxReturnValue, 'response'>>;
  readonly note: (line: string) => void;
}

/**
 * Loads a page whose process has crashed again: the first time by itself, after that only when a person says so, for a page
 * that crashes right away would do so for ever. Electron leaves an empty window and says nothing.
 */
export function reviveCrashedPage({ contents, load, quit, ask, note }: CrashedPageParts): void {
  let crashed = false;
  contents.on('render-process-gone', (_event, { reason }) => {
    note(`The window's page has ended (${reason}).`);
    if (reason === 'clean-exit') return;
    if (crashed) void again();
    else load();
    crashed = true;
  });

  async function again(): Promise<void> {
    const { response } = await ask({
      type: 'error',
      message: 'The window has stopped working again.',
      detail: 'What it had asked for has ended. Sessions and settings are as they were.',
      buttons: ['Load it again', 'Quit'],
      defaultId: 0,
      cancelId: 1,
    });
    if (contents.isDestroyed()) return;
    if (response === 0) load();
    else quit();
  }
}
