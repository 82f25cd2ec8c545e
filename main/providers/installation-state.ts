import type { ProviderProfile } from './provider.ts';

/** Whether an installation's state says that something is wrong there: blocked, deleted, not yet released. */
export function isUnusual({ usualState }: ProviderProfile, state: string | null): boolean {
  return state !== null && state.toLowerCase() !== usualState;
}
