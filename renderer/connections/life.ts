import type { ConnectionInfo } from '../../preload/contract.ts';
import { span } from '../format/time.ts';
import { t } from '../messages/text.ts';

/** How long a session still lives, in a few words: "42 min left", "sign-in needed". */
export function lifeOf({ session }: Pick<ConnectionInfo, 'session'>, now: number): string {
  switch (session.state) {
    case 'signed_in': {
      const { expiresAt, refreshExpiresAt } = session;
      if (expiresAt === null) return t('life.noEnd');
      if (expiresAt > now) return t('life.left', { span: span(expiresAt - now) });
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
