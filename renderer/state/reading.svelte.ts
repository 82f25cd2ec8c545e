/* eslint-disable svelte/prefer-svelte-reactivity -- these are replaced as a whole, or are nothing that is shown */
import { createContext } from 'svelte';
import type { Input } from '../../preload/contract.ts';
import { t } from '../messages/text.ts';
import type { ConsoleState } from './console.svelte.ts';
import { complain } from './notices.svelte.ts';

/** Reading lists from the providers: how far it is, and how to stop it. */
export interface Reading {
  readonly active: boolean;
  /** Rows read so far by the requests of this screen, and how many there will be where the providers say. */
  readonly rows: number;
  readonly total: number | null;
  /** Of the lists of users that are to be read, how many are done; null where it is not known how many there will be. */
  readonly lists: { readonly done: number; readonly of: number } | null;
  /** Which connection's provider asked to wait longest, and until when; null where none does. */
  readonly pause: { readonly name: string; readonly until: number } | null;
  readonly read: (what: Input<'lists.sync'>) => Promise<void>;
  readonly stop: () => void;
}

interface Amount {
  readonly connection: string;
  readonly installation: string | null;
  readonly rows: number;
  readonly total: number | null;
}

export const [getReading, setReading] = createContext<Reading>();

export function createReading(console: ConsoleState): Reading {
  let running = $state(0);
  let amounts = $state.raw<ReadonlyMap<string, Amount>>(new Map());
  let asked = $state.raw<readonly Input<'lists.sync'>[]>([]);
  /** Until when each connection's provider asked to wait. */
  let pauses = $state.raw<ReadonlyMap<string, number>>(new Map());
  const controllers = new Set<AbortController>();
  const lists = $derived.by(() => {
    let of = 0;
    for (const { users, installation, connections } of asked) {
      if (!users) continue;
      const places = console.lists
        .filter(
          ({ kind, connection }) =>
            kind === 'installations' && (connections === undefined || connections.includes(connection)),
        )
        .reduce((sum, list) => sum + list.rows, 0);
      if (installation === undefined && places === 0) return null;
      of += installation === undefined ? places : 1;
    }
    const begun = [...amounts.values()].filter((one) => one.installation !== null);
    const done = begun.filter(({ connection, installation }) =>
      console.lists.some(
        (list) =>
          list.kind === 'users' &&
          list.connection === connection &&
          list.installation?.id === installation &&
          !list.loading,
      ),
    ).length;
    return of === 0 ? null : { done, of: Math.max(of, begun.length), begun: begun.length };
  });
  const sum = $derived.by(() => {
    let rows = 0;
    // Nothing is known of an end before the first pages are here.
    const more = asked.some(({ users }) => users) && (lists === null || lists.begun < lists.of);
    let total: number | null = amounts.size === 0 || more ? null : 0;
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
    get lists() {
      return lists;
    },
    get pause() {
      const [longest] = [...pauses]
        .filter(([, until]) => until > console.now)
        .toSorted(([, a], [, b]) => b - a);
      if (longest === undefined) return null;
      const [id, until] = longest;
      return { name: console.connections.find((connection) => connection.id === id)?.name ?? id, until };
    },
    async read(what) {
      const controller = new AbortController();
      controllers.add(controller);
      if (running === 0) amounts = new Map();
      asked = [...asked, what];
      running += 1;
      const answer = await console.bridge.call('lists.sync', what, {
        signal: controller.signal,
        progress: (progress) => {
          if (progress.kind === 'waiting' && progress.connection !== null)
            pauses = new Map([...pauses, [progress.connection, progress.until]]);
          if (progress.kind !== 'list') return;
          const { connection, installation, rows, total } = progress;
          if (pauses.has(connection))
            pauses = new Map([...pauses].filter(([paused]) => paused !== connection));
          const key = `${connection} ${installation ?? ''}`;
          amounts = new Map([...amounts, [key, { connection, installation, rows, total }]]);
        },
      });
      // How the lists stand belongs to the end: until it is here, what is said beside them is of before.
      if (answer.ok) await console.reloadLists();
      controllers.delete(controller);
      asked = asked.filter((other) => other !== what);
      running -= 1;
      if (running === 0) pauses = new Map();
      // Failures of single lists stand beside them; here is only what concerns the whole.
      if (!answer.ok) {
        complain(t('reading.failed'), answer.error);
        return;
      }
      // An installation that no connection has: no list is there to say so.
      const nowhere = answer.value.failures.find(
        ({ installation, failure }) =>
          failure.code === 'not_found' &&
          installation === what.installation &&
          !console.lists.some(({ kind, installation: of }) => kind === 'users' && of?.id === installation),
      );
      if (nowhere !== undefined) complain(t('reading.failed'), nowhere.failure);
    },
    stop() {
      for (const controller of controllers) controller.abort();
    },
  };
}
