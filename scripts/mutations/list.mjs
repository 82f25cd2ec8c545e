import { browserDoor } from './browser-door.mjs';
import { data } from './data.mjs';
import { desktopDoor } from './desktop.mjs';
import { network } from './network.mjs';
import { sessions } from './sessions.mjs';
import { signIn } from './sign-in.mjs';
import { storage } from './storage.mjs';
import { tokens } from './tokens.mjs';

/**
 * What `npm run test:mutations` takes away, and which test must miss it. `rows`: the rows of docs/security.md and
 * docs/requirements.md whose rule this is, by their first cell. `find` stands in `file` exactly once, and is replaced. `tests`: the
 * file of the test and a pattern of its full name; `whole` runs the whole file, for tests that build on each other; `built` builds
 * first, as for all end-to-end tests.
 */
export const mutations = [
  ...signIn,
  ...sessions,
  ...tokens,
  ...network,
  ...storage,
  ...data,
  ...browserDoor,
  ...desktopDoor,
];

/** Rows that have no rule of ours to take away, and why. */
export const withoutMutation = {
  'ASVS 10.5.4': 'openid-client compares; nothing of ours stands in between',
  'RFC 9700 2.1, 4.1.3': 'there is nothing that redirects',
};
