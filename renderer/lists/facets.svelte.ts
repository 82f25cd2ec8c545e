import { onDestroy, untrack } from 'svelte';
import type { Input, Output } from '../../preload/contract.ts';
import type { Failure } from '../../preload/errors.ts';
import type { ConsoleState } from '../state/console.svelte.ts';
import { createRefresh } from '../state/refresh.ts';

type FacetName = Output<'lists.facets'>['facets'][number]['name'];
type Facet = Output<'lists.facets'>['facets'][number];

/** What users can be narrowed by under the filters that are set, with counts. Asked again when lists change. */
export interface FacetState {
  readonly of: (name: FacetName) => Facet;
  /** True while the first counts are longer on the way than anybody takes for nothing. */
  readonly slow: boolean;
  /** Why they could not be counted: what stands there is of a question before. */
  readonly failure: Failure | null;
  readonly again: () => void;
}

/** To be called while a component starts. `asked` is the filter that is set; it is read reactively. */
export function createFacets(console: ConsoleState, asked: () => Input<'lists.facets'>): FacetState {
  let facets = $state.raw<readonly Facet[]>([]);
  let failure = $state.raw<Failure | null>(null);
  let slow = $state(false);
  const patienceMs = 300;
  const counting = createRefresh(async (signal) => {
    const timer = setTimeout(() => (slow = facets.length === 0), patienceMs);
    signal.addEventListener('abort', () => clearTimeout(timer));
    const answer = await console.bridge.call('lists.facets', asked(), { signal });
    clearTimeout(timer);
    if (signal.aborted) return;
    slow = false;
    failure = answer.ok ? null : answer.error;
    if (answer.ok) facets = answer.value.facets;
  });
  $effect(() => {
    asked();
    untrack(counting.anew);
  });
  // The first value is the question above.
  let seen = console.listsRevision;
  $effect(() => {
    const revision = console.listsRevision;
    if (revision === seen) return;
    seen = revision;
    untrack(counting.again);
  });
  onDestroy(counting.stop);
  return {
    of: (name) => facets.find((facet) => facet.name === name) ?? { name, values: [], more: 0 },
    get slow() {
      return slow;
    },
    get failure() {
      return failure;
    },
    again() {
      failure = null;
      counting.again();
    },
  };
}
