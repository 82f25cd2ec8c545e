import type { ConnectionInfo } from '../../preload/contract.ts';
import type { ErrorCode } from '../../preload/errors.ts';

/** Trying again alone cannot help: something of the connection has to be corrected. */
const ofTheConnection: ReadonlySet<ErrorCode> = new Set([
  'client_rejected',
  'credentials_rejected',
  'scope_rejected',
  'issuer_mismatch',
  'input_invalid',
]);

/**
 * What a person can do next with a session; null while the vault is not open. Where renewing fails, that follows from why;
 * where it does not help for long any more it is signing in, as the overview says too.
 */
export function nextStep(
  { session }: Pick<ConnectionInfo, 'session'>,
  now: number,
): 'signIn' | 'renew' | 'change' | null {
  switch (session.state) {
    case 'signed_in': {
      const { signInBy, warnFrom, failure } = session;
      if (failure !== null && (failure.field !== undefined || ofTheConnection.has(failure.code)))
        return 'change';
      if (failure?.code === 'session_refused') return 'signIn';
      return signInBy !== null && now >= (warnFrom ?? signInBy) ? 'signIn' : 'renew';
    }
    case 'signed_out':
    case 'sign_in_needed':
      return 'signIn';
    case 'unknown':
      return null;
  }
}
