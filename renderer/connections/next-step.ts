import type { ConnectionInfo } from '../../preload/contract.ts';

/**
 * What a person can do next with a session; null while the vault is not open. Where renewing does not help for long any
 * more that is signing in, as the overview says too.
 */
export function nextStep(
  { session }: Pick<ConnectionInfo, 'session'>,
  now: number,
): 'signIn' | 'renew' | null {
  switch (session.state) {
    case 'signed_in': {
      const { signInBy, warnFrom } = session;
      return signInBy !== null && now >= (warnFrom ?? signInBy) ? 'signIn' : 'renew';
    }
    case 'signed_out':
    case 'sign_in_needed':
      return 'signIn';
    case 'unknown':
      return null;
  }
}
