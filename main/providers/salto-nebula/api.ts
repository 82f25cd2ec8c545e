import { ok } from '../../../preload/errors.ts';
import type { PageStream, Provider, ProviderContext, User, UserQuery } from '../provider.ts';
import { userFilter } from './filter.ts';
import { nebulaList } from './list.ts';
import { saltoNebulaProfile } from './profile.ts';
import { nebulaReach } from './reach.ts';
import { readInstallation, readUser } from './records.ts';

/** Salto Nebula: `page_size` and `page_token` (the protos' and clients' name for it), CEL-like filter. */
export const saltoNebula: Provider = {
  profile: saltoNebulaProfile,
  searchesAtProvider: true,
  listInstallations: (context) => nebulaList(context, 'installations', {}, null, readInstallation),
  listUsers,
  reach: nebulaReach,
};

async function* listUsers(
  context: ProviderContext,
  installation: { readonly id: string },
  query: UserQuery = {},
): PageStream<User> {
  const words = (query.search ?? '').split(/\s+/).filter((word) => word !== '');
  // The display name is documented as a filter's field, the e-mail address is not: it is looked for in what comes.
  const addresses = words.filter((word) => word.includes('@')).map((word) => word.toLowerCase());
  const filter = userFilter(
    words.filter((word) => !word.includes('@')),
    query.filter,
  );
  if (!filter.ok) {
    yield filter;
    return;
  }
  for await (const page of nebulaList(
    context,
    'users',
    { installation: installation.id },
    filter.value,
    readUser,
  )) {
    if (!page.ok || addresses.length === 0) {
      yield page;
      continue;
    }
    const rows = page.value.rows.filter((user) => {
      const email = user.email?.toLowerCase() ?? '';
      return addresses.every((address) => email.includes(address));
    });
    yield ok({ rows, total: null });
  }
}
