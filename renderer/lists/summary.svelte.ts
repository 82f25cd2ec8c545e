import { onDestroy, untrack } from 'svelte';
import type { Output } from '../../preload/contract.ts';
import type { Failure } from '../../preload/errors.ts';
import type { ConsoleState } from '../state/console.svelte.ts';
import { createRefresh } from '../state/refresh.ts';
import { track } from '../state/track.ts';

type Overview = Output<'lists.overview'>;
type Place = Overview['perInstallation'][number];

export interface Summary {
  /** Null until they came, and after they could not be had: old counts are not shown as if they were today's. */
  readonly now: Overview | null;
  readonly failure: Failure | null;
  readonly again: () => void;
}

/** Counts of what is here. Asked again when lists change. To be called while a component starts. */
export function createSummary(console: ConsoleState): Summary {
  let now = $state.raw<Overview | null>(null);
  let failure = $state.raw<Failure | null>(null);
  const counting = createRefresh(async (signal) => {
    const answer = await console.bridge.call('lists.overview', {}, { signal });
    if (signal.aborted) return;
    now = answer.ok ? answer.value : null;
    failure = answer.ok ? null : answer.error;
  });
  $effect(() => {
    track(console.listsRevision);
    untrack(counting.again);
  });
  onDestroy(counting.stop);
  return {
    get now() {
      return now;
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

export interface Totals {
  readonly status: Place['status'];
  readonly endsThisWeek: number;
  readonly endsThisMonth: number;
  readonly withoutName: number;
  readonly withoutEmail: number;
}

/** What all installations together say. */
export function totalsOf(summaries: readonly Place[]): Totals {
  const sum = (of: (one: Place) => number): number => summaries.reduce((all, one) => all + of(one), 0);
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
