import type { ConnectionInfo } from '../../preload/contract.ts';
import type { Failure } from '../../preload/errors.ts';

/** Whether it is one of the console's own sandbox connections, and nothing answers where its sandbox was. */
export function sandboxIsGone(
  { ownSandbox }: Pick<ConnectionInfo, 'ownSandbox'>,
  failure: Pick<Failure, 'code'> | null,
): boolean {
  return ownSandbox === true && failure?.code === 'network_unreachable';
}
