import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Deliver } from '../bridge/parts.ts';
import type { ReadyExport } from '../console/export-lists.ts';
import { contentTypes } from '../exports/encode.ts';
import { ok } from '../../preload/errors.ts';

/** How long a file can be fetched, in milliseconds, and how many may wait to be. */
const downloadLifeMs = 2 * 60_000;
const maxWaiting = 8;

export const downloadPath = '/download/';

/** Files that a screen asked for, each under an address that gives it once. */
export interface Downloads {
  readonly deliver: Deliver;
  /** The file of an address, which is used up by it; undefined where there is none. */
  take(path: string): ReadyExport | undefined;
}

/**
 * The address is random, good once and for two minutes; who fetches it must have the door's cookie besides, like for
 * every file of the screen (answer.ts).
 */
export function createDownloads(clock: Pick<Clock, 'now'>): Downloads {
  let waiting: { readonly path: string; readonly ready: ReadyExport; readonly until: number }[] = [];
  return {
    deliver(ready) {
      const path = `${downloadPath}${randomBytes(32).toString('base64url')}`;
      waiting = [...waiting, { path, ready, until: clock.now() + downloadLifeMs }].slice(-maxWaiting);
      return Promise.resolve(ok({ kind: 'download', url: `.${path}`, fileName: ready.fileName }));
    },
    take(path) {
      const now = clock.now();
      const found = waiting.find((each) => each.path === path && each.until > now);
      waiting = waiting.filter((each) => each !== found && each.until > now);
      return found?.ready;
    },
  };
}

/**
 * Sends a file as it is made. Where it cannot be made whole the connection is broken off, so that the browser says that
 * the download failed and keeps no file; a person who cancels the download ends the reading of the rows.
 */
export async function sendDownload(response: ServerResponse, ready: ReadyExport): Promise<void> {
  const left = new AbortController();
  response.once('close', () => left.abort());
  response.setHeader('Content-Type', contentTypes[ready.format]);
  // The name is ours: letters, digits, dashes and a dot.
  response.setHeader('Content-Disposition', `attachment; filename="${ready.fileName}"`);
  response.setHeader('Cache-Control', 'no-store');
  try {
    for await (const chunk of ready.content({ signal: left.signal })) {
      if (!chunk.ok || left.signal.aborted) {
        response.destroy();
        return;
      }
      if (!response.write(chunk.value)) await drained(response);
    }
    response.end();
  } catch {
    // Whatever went wrong, the browser must not take what it has for a file.
    response.destroy();
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
    if (response.destroyed) done();
  });
}
