import type { Failure } from '../../../preload/errors.ts';

/** What a browser tab is told: words only, shown as a page, or as JSON to the page that handed a fragment over. */
export interface Page {
  readonly status: 200 | 404 | 410;
  /** `calm` says nothing has been decided. */
  readonly tone: 'good' | 'bad' | 'calm';
  readonly title: string;
  /** One paragraph each. */
  readonly lines: readonly string[];
}

const closeTab = 'You can close this tab.';

export const signedInPage: Page = {
  status: 200,
  tone: 'good',
  title: 'You are signed in',
  lines: ['Latchkey holds your session.', closeTab],
};

/** Names what happened and what to do. */
export function failurePage(failure: Failure): Page {
  return {
    status: 200,
    tone: 'bad',
    title: 'The sign-in did not succeed',
    lines: [failure.message, failure.hint, closeTab],
  };
}

/** The bound on holding the browser's request was met. */
export const stillWorkingPage: Page = {
  status: 200,
  tone: 'calm',
  title: 'Latchkey is still working',
  lines: [
    'The answer has arrived, but the sign-in takes longer than expected. Latchkey shows how it ends.',
    closeTab,
  ],
};

/** A second right callback. */
export const usedPage: Page = {
  status: 410,
  tone: 'calm',
  title: 'This answer was already received',
  lines: ['A sign-in can be finished once. Latchkey shows how it ended.', closeTab],
};

/** A callback of another sign-in, or a made-up one. */
export const foreignPage: Page = {
  status: 404,
  tone: 'calm',
  title: 'This page belongs to no open sign-in',
  lines: ['Nothing was changed. Finish in the tab that Latchkey opened last, or start the sign-in again.'],
};

/** An answer that cannot be matched with a request: its state is signed or was posted. */
export const unreadablePage: Page = {
  status: 404,
  tone: 'bad',
  title: 'Latchkey cannot read this answer',
  lines: [
    'The server sent it as a form (form_post) or signed (JARM), which was not asked for. Nothing was changed.',
    'Ask the provider to answer with response_mode=query.',
  ],
};

/** Every other address. */
export const nothingPage: Page = {
  status: 404,
  tone: 'calm',
  title: 'Nothing is here',
  lines: ['Latchkey waits for a sign-in on this port.'],
};
