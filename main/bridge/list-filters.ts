import type { Input } from '../../preload/contract.ts';
import type { Connection } from '../connections/connection.ts';
import { daysOf } from '../directory/facet-counts.ts';
import { millisecondsPerDay, type Filter } from '../directory/rows.ts';

type AskedFilter = Pick<
  Input<'lists.users'>,
  'search' | 'connection' | 'installation' | 'provider' | 'status' | 'role' | 'expiring' | 'without'
> &
  Pick<Input<'lists.installations'>, 'state'>;

export const dayOf = (time: number): number => Math.floor(time / millisecondsPerDay);

/** What a screen asks for, as the directory understands it: providers are connections there, "soon" is days. */
export function filterOf(asked: AskedFilter, known: readonly Connection[], now: number): Filter {
  const { search, connection, installation, provider, status, state, role, expiring, without } = asked;
  return {
    ...(filled(search) && { search }),
    ...(filled(connection) && { connection }),
    ...(filled(installation) && { installation }),
    ...(provider !== undefined && {
      connections: known.filter((each) => each.provider === provider).map(({ id }) => id),
    }),
    ...(status !== undefined && { status }),
    ...(filled(state) && { status: state }),
    ...(filled(role) && { role }),
    ...(expiring !== undefined && { ends: daysOf(expiring, dayOf(now)) }),
    ...(without !== undefined && { without }),
  };
}

function filled(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
