import type { Session } from '../sessions/session.ts';
import { jsonText } from './json-text.ts';
import { isoTime } from './life.ts';

/** What `latchkey token` prints of a session: the access token alone, or with when it ends as one JSON value; a line. */
export function tokenText({ accessToken, expiresAt }: Session, json: boolean): string {
  return `${json ? jsonText({ accessToken, expiresAt: isoTime(expiresAt) }) : accessToken}\n`;
}
