import { onDestroy } from 'svelte';
import type { Failure } from '../../preload/errors.ts';
import { complain } from './notices.svelte.ts';

/**
 * Where a failure is said: in place while the component is there; as a notice after it was closed, for what it began went
 * on. To be called while a component starts.
 * @param what a sentence that names what was tried on what, for the notice
 */
export function failing(what: () => string, inPlace: (failure: Failure) => void): (failure: Failure) => void {
  let here = true;
  onDestroy(() => void (here = false));
  return (failure) => (here ? inPlace(failure) : complain(what(), failure));
}
