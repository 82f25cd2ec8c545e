import { fail } from '../../preload/errors.ts';
import type { PageStream, Provider, ProviderProfile } from './provider.ts';

/** A provider whose resource API nobody knows: sign-in and tokens work, lists are `input_invalid`. */
export function signInOnly(profile: ProviderProfile): Provider {
  return {
    profile,
    listInstallations: () => noLists(profile.label),
    listUsers: () => noLists(profile.label),
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- a stream that ends with its first word
async function* noLists<T>(label: string): PageStream<T> {
  yield fail(
    'input_invalid',
    `A connection of the kind ${label} has sign-in and tokens only: there are no lists to read.`,
    'For lists, add a connection to one of the access-control platforms.',
  );
}
