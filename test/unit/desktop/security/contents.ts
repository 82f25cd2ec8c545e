import { EventEmitter } from 'node:events';
import type { WebContents } from 'electron';

/** The events of a `WebContents`, and whether a listener prevented what they announce. */
export function contentsAt(url: string): {
  readonly contents: WebContents;
  readonly prevented: (event: string, details?: object) => boolean;
} {
  const events = Object.assign(new EventEmitter(), { getURL: () => url });
  return {
    contents: events as unknown as WebContents,
    prevented(event, details = {}) {
      let prevented = false;
      events.emit(event, { ...details, preventDefault: () => (prevented = true) });
      return prevented;
    },
  };
}
