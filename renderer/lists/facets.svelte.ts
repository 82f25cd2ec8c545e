import { untrack } from 'svelte';
import type { Input, Output } from '../../preload/contract.ts';
import type { ConsoleState } from '../state/console.svelte.ts';
import { track } from '../state/track.ts';

type FacetName = Output<'lists.facets'>['facets'][number]['name'];
type Facet = Output<'lists.facets'>['facets'][number];

/** What users can be narrowed by under the filters that are set, with counts. Asked again when lists change. */
export interface FacetState {
  readonly of: (name: FacetName) => Facet;
}

/** To be called while a component starts. `asked` is the filter that is set; it is read reactively. */
export function createFacets(console: ConsoleState, asked: () => Input<'lists.facets'>): FacetState {
  let facets = $state.raw<readonly Facet[]>([]);
  $effect(() => {
    const input = asked();
    track(console.listsRevision);
    const controller = new AbortController();
    untrack(() => {
      void console.bridge.call('lists.facets', input, { signal: controller.signal }).then((answer) => {
        if (answer.ok) facets = answer.value.facets;
      });
    });
    return () => controller.abort();
  });
  return { of: (name) => facets.find((facet) => facet.name === name) ?? { name, values: [], more: 0 } };
}
