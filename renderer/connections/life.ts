import type { ConnectionInfo } from '../../preload/contract.ts';
import { span } from '../format/time.ts';
import { t } from '../messages/text.ts';
import { standingOf } from './standing.ts';

/**
 * How long a session still lives, in a few words: "42 min left", "sign-in needed"; and when a failed renewal is tried again.
 * @param say `short`: that renewal fails is all; `beside`: without those words, for they stand there already
 */
export function lifeOf(
  { session }: Pick<ConnectionInfo, 'session'>,
  now: number,
  say: 'all' | 'short' | 'beside' = 'all',
): string {
  const standing = standingOf({ session });
  const { expiresAt, refreshExpiresAt, nextTryAt } = session;
  const left = expiresAt !== null && expiresAt > now ? t('life.left', { span: span(expiresAt - now) }) : null;
  switch (standing) {
    case 'renewal_fails': {
      if (say === 'short') return t('status.renewal_fails');
      const trying = nextTryAt !== null && nextTryAt <= now;
      const next = nextTryAt === null || trying ? null : t('life.nextTry', { span: span(nextTryAt - now) });
      const parts = trying
        ? [left, t('life.tryingNow')]
        : [left, say === 'all' ? t('status.renewal_fails') : null, next];
      return parts.filter((part) => part !== null).join(', ');
    }
    case 'signed_in':
      if (expiresAt === null) return t('life.noEnd');
      if (left !== null) return left;
      if (refreshExpiresAt !== null && refreshExpiresAt <= now) return t('life.ended');
      return t('life.renewsOnUse');
    case 'sign_in_needed':
      return t('life.signInNeeded');
    case 'signed_out':
      return t('life.signedOut');
    case 'unknown':
      return t('life.unknown');
  }
}
