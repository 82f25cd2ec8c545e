import { fail } from '../../../preload/errors.ts';
import type { PageStream, Provider, ProviderContext, User, UserQuery } from '../provider.ts';
import { nebulaList } from './list.ts';
import { saltoNebulaProfile } from './profile.ts';
import { nebulaReach } from './reach.ts';
import { readInstallation, readUser } from './records.ts';

/** Salto Nebula: `page_size` and `page_token` (the protos' and clients' name for it), CEL-like filter. */
export const saltoNebula: Provider = {
  profile: saltoNebulaProfile,
  listInstallations: (context) => nebulaList(context, 'installations', {}, null, readInstallation),
  listUsers,
  reach: nebulaReach,
};

async function* listUsers(
  context: ProviderContext,
  installation: { readonly id: string },
  { filter = '' }: UserQuery = {},
): PageStream<User> {
  if (filter.length > maxFilterLength) {
    yield fail(
      'input_invalid',
      `The filter is ${filter.length} characters long; Salto Nebula takes at most ${maxFilterLength}.`,
      'Shorten it.',
    );
    return;
  }
  const ids = { installation: installation.id };
  yield* nebulaList(context, 'users', ids, filter === '' ? null : filter, readUser);
}

/** NEB-DOC /filter. */
const maxFilterLength = 20_000;
