import { untrack } from 'svelte';
import type { Output } from '../../preload/contract.ts';
import type { ConsoleState } from '../state/console.svelte.ts';
import { track } from '../state/track.ts';

type Overview = Output<'lists.overview'>;
type Summary = Overview['perInstallation'][number];

/** Counts of what is here; null until they came. Asked again when lists change. To be called while a component starts. */
export function createSummary(console: ConsoleState): { readonly now: Overview | null } {
  let now = $state.raw<Overview | null>(null);
  $effect(() => {
    track(console.listsRevision);
    const controller = new AbortController();
    untrack(() => {
      void console.bridge.call('lists.overview', {}, { signal: controller.signal }).then((answer) => {
        if (answer.ok) now = answer.value;
      });
    });
    return () => controller.abort();
  });
  return {
    get now() {
      return now;
    },
  };
}

export interface Totals {
  readonly status: Summary['status'];
  readonly endsThisWeek: number;
  readonly endsThisMonth: number;
  readonly withoutName: number;
  readonly withoutEmail: number;
}

/** What all installations together say. */
export function totalsOf(summaries: readonly Summary[]): Totals {
  const sum = (of: (one: Summary) => number): number => summaries.reduce((all, one) => all + of(one), 0);
  return {
    status: {
      active: sum(({ status }) => status.active),
      pending: sum(({ status }) => status.pending),
      suspended: sum(({ status }) => status.suspended),
      blocked: sum(({ status }) => status.blocked),
      expired: sum(({ status }) => status.expired),
    },
    endsThisWeek: sum(({ expiring }) => expiring.week),
    endsThisMonth: sum(({ expiring }) => expiring.month),
    withoutName: sum((one) => one.withoutName),
    withoutEmail: sum((one) => one.withoutEmail),
  };
}
