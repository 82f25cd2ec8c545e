import { onDestroy } from 'svelte';
import type { Failure } from '../../preload/errors.ts';
import { complain } from './notices.svelte.ts';

/**
 * Where a failure is said: in place while the component is there; as a notice after it was closed, for what it began went
 * on. To be called while a component starts.
 *
 * The function it gives takes the failure and, for the notice, a sentence that names what was tried on what, and what it is
 * about as `complain` has it. Its words
 * must have been read before the wait: what a component was given is gone with it.
 */
export function failing(
  inPlace: (failure: Failure) => void,
): (failure: Failure, what: string, about?: string) => void {
  let here = true;
  onDestroy(() => void (here = false));
  return (failure, what, about) => (here ? inPlace(failure) : complain(what, failure, about));
}
