/* eslint-disable svelte/prefer-svelte-reactivity -- these are replaced as a whole, or are nothing that is shown */
import { createContext } from 'svelte';
import type { Bridge, Input } from '../../preload/contract.ts';
import { t } from '../messages/text.ts';
import { complain } from './notices.svelte.ts';

/** Reading lists from the providers: how far it is, and how to stop it. */
export interface Reading {
  readonly active: boolean;
  /** Rows read so far by the requests of this screen, and how many there will be where the providers say. */
  readonly rows: number;
  readonly total: number | null;
  /** Until when a provider asked to wait; null where none does. */
  readonly waitingUntil: number | null;
  readonly read: (what: Input<'lists.sync'>) => Promise<void>;
  readonly stop: () => void;
}

export const [getReading, setReading] = createContext<Reading>();

export function createReading(bridge: Bridge): Reading {
  let running = $state(0);
  let amounts = $state.raw<ReadonlyMap<string, { rows: number; total: number | null }>>(new Map());
  let waitingUntil = $state<number | null>(null);
  const controllers = new Set<AbortController>();
  const sum = $derived.by(() => {
    let rows = 0;
    // Nothing is known of an end before the first pages are here.
    let total: number | null = amounts.size === 0 ? null : 0;
    for (const amount of amounts.values()) {
      rows += amount.rows;
      total = total === null || amount.total === null ? null : total + amount.total;
    }
    return { rows, total };
  });

  return {
    get active() {
      return running > 0;
    },
    get rows() {
      return sum.rows;
    },
    get total() {
      return sum.total;
    },
    get waitingUntil() {
      return waitingUntil;
    },
    async read(what) {
      const controller = new AbortController();
      controllers.add(controller);
      if (running === 0) amounts = new Map();
      running += 1;
      const answer = await bridge.call('lists.sync', what, {
        signal: controller.signal,
        progress: (progress) => {
          if (progress.kind === 'waiting') waitingUntil = progress.until;
          if (progress.kind !== 'list') return;
          waitingUntil = null;
          const key = `${progress.connection} ${progress.installation ?? ''}`;
          amounts = new Map([...amounts, [key, { rows: progress.rows, total: progress.total }]]);
        },
      });
      controllers.delete(controller);
      running -= 1;
      waitingUntil = null;
      // Failures of single lists stand beside them; here is only what concerns the whole.
      if (!answer.ok) complain(t('reading.failed'), answer.error);
    },
    stop() {
      for (const controller of controllers) controller.abort();
    },
  };
}
