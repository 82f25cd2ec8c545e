import type { ConnectionInfo } from '../../preload/contract.ts';

/** What a person can do next with a session; null while the vault is not open. */
export function nextStep({ session }: Pick<ConnectionInfo, 'session'>): 'signIn' | 'renew' | null {
  switch (session.state) {
    case 'signed_in':
      return 'renew';
    case 'signed_out':
    case 'sign_in_needed':
      return 'signIn';
    case 'unknown':
      return null;
  }
}
