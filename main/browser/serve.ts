import { once } from 'node:events';
import { type Failure, type Result, ok } from '../../preload/errors.ts';
import { openBridge } from '../bridge/open.ts';
import { systemClock } from '../clock.ts';
import { openInBrowser } from '../sessions/browser.ts';
import type { Vault } from '../vault/vault.ts';
import { openDoor } from './door.ts';
import { createDownloads } from './downloads.ts';
import { readScreenFiles, screenFolder } from './screen-files.ts';

export interface ServeOptions {
  readonly version: string;
  /** The profile folder. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Ends the door. */
  readonly signal: AbortSignal;
  /** Where secrets are kept until a person chooses otherwise; the keychain where missing. */
  readonly vault?: Vault;
  readonly port?: number;
  readonly openBrowser: boolean;
  /** Milliseconds without any screen after which the door ends; never where missing. */
  readonly idleMs?: number;
  /** A one-time address was made: at the start, and whenever one was asked for. */
  readonly address: (url: string) => Promise<void>;
  /** Calls back whenever somebody asks for a new address. */
  readonly onAsked?: (again: () => void) => void;
  /** No browser could be opened. */
  readonly browserFailed: (failure: Failure) => void;
  readonly note: (line: string) => void;
  /** Told of work in the middle of which the process must not end; see SessionParts. */
  readonly finishFirst?: (work: Promise<unknown>) => void;
  /** The built screen; `out/renderer` where missing. */
  readonly folder?: string;
}

/** Runs the browser door until the signal, or until nobody was there for long enough. Errors: port_unavailable. */
export async function serve(options: ServeOptions): Promise<Result<void>> {
  const { env, platform, note } = options;
  const ended = new AbortController();
  const over = AbortSignal.any([options.signal, ended.signal]);
  const open = (url: string): Promise<Result<void>> => openInBrowser(url, { env, platform });
  const files = await readScreenFiles(options.folder ?? screenFolder);
  const downloads = createDownloads(systemClock);
  const bridge = openBridge({
    door: 'browser',
    deliver: downloads.deliver,
    version: options.version,
    home: options.home,
    env,
    openBrowser: open,
    note,
    ...(options.finishFirst && { finishFirst: options.finishFirst }),
    ...(options.vault && { vault: options.vault }),
  });
  try {
    const door = await openDoor({
      dispatcher: bridge.dispatcher,
      files,
      downloads,
      clock: systemClock,
      ...(options.port !== undefined && { port: options.port }),
      ...(options.idleMs !== undefined && {
        idle: { milliseconds: options.idleMs, leave: () => ended.abort() },
      }),
    });
    if (!door.ok) return door;
    try {
      await options.address(door.value.address());
      options.onAsked?.(() => void options.address(door.value.address()));
      if (options.openBrowser) {
        // A key of its own: the printed address stays good for another browser.
        void open(door.value.address()).then((opened) => {
          if (!opened.ok) options.browserFailed(opened.error);
        });
      }
      if (!over.aborted) await once(over, 'abort');
    } finally {
      await door.value.close();
    }
    return ok(undefined);
  } finally {
    await bridge.close();
  }
}
