import type { ConnectionInfo } from '../../preload/contract.ts';
import type { Failure } from '../../preload/errors.ts';

/** Whether it is one of the console's own sandbox connections, and nothing answers where its sandbox was. */
export function sandboxIsGone(
  { sandbox, name }: Pick<ConnectionInfo, 'sandbox' | 'name'>,
  failure: Pick<Failure, 'code'> | null,
): boolean {
  return sandbox && name.startsWith('sandbox-') && failure?.code === 'network_unreachable';
}
