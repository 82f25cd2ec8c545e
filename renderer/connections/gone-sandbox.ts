import type { ConnectionInfo, Output } from '../../preload/contract.ts';
import type { Failure } from '../../preload/errors.ts';
import { t } from '../messages/text.ts';

type Info = Pick<Output<'app.info'>, 'sandbox'> | null;

/** Whether it is one of the console's own sandbox connections, and nothing answers where its sandbox was. */
export function sandboxIsGone(
  { ownSandbox }: Pick<ConnectionInfo, 'ownSandbox'>,
  failure: Pick<Failure, 'code'> | null,
  info: Info,
): boolean {
  return ownSandbox === true && failure?.code === 'network_unreachable' && info?.sandbox !== true;
}

/** The failure of a connection, in the words of that cause where it is the cause. */
export function inSandboxWords(
  connection: Pick<ConnectionInfo, 'ownSandbox'>,
  failure: Failure,
  info: Info,
): Failure {
  return sandboxIsGone(connection, failure, info)
    ? { ...failure, message: t('sandbox.notRunning'), hint: t('sandbox.goneHint') }
    : failure;
}

/** Whether there are connections to the console's own sandbox, and this console does not run it. */
export function sandboxCanStart(
  connections: readonly Pick<ConnectionInfo, 'ownSandbox'>[],
  info: Info,
): boolean {
  return info?.sandbox === false && connections.some(({ ownSandbox }) => ownSandbox === true);
}
