import type { ConnectionInfo } from '../../preload/contract.ts';
import { span } from '../format/time.ts';
import { t } from '../messages/text.ts';

/** How long a session still lives, in a few words: "42 min left", "sign-in needed"; and when a failed renewal is tried again; `short` leaves that out. */
export function lifeOf({ session }: Pick<ConnectionInfo, 'session'>, now: number, short = false): string {
  switch (session.state) {
    case 'signed_in': {
      const { expiresAt, refreshExpiresAt, nextTryAt } = session;
      const left = expiresAt !== null && expiresAt > now ? span(expiresAt - now) : null;
      if (nextTryAt !== null && short) return t('life.renewalFails');
      if (nextTryAt !== null) {
        const next =
          nextTryAt > now ? t('life.nextTry', { span: span(nextTryAt - now) }) : t('life.tryingNow');
        return left === null ? next : `${t('life.left', { span: left })}, ${next}`;
      }
      if (expiresAt === null) return t('life.noEnd');
      if (left !== null) return t('life.left', { span: left });
      if (refreshExpiresAt !== null && refreshExpiresAt <= now) return t('life.ended');
      return t('life.renewsOnUse');
    }
    case 'sign_in_needed':
      return t('life.signInNeeded');
    case 'signed_out':
      return t('life.signedOut');
    case 'unknown':
      return t('life.unknown');
  }
}
