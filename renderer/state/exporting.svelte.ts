import { createContext } from 'svelte';
import type { Input, ListState, Output } from '../../preload/contract.ts';
import type { Failure } from '../../preload/errors.ts';
import { formatCount, t } from '../messages/text.ts';
import type { ConsoleState } from './console.svelte.ts';
import { complain, say } from './notices.svelte.ts';

type Wanted = Input<'exports.start'>;

/** Writing what a list shows to a file: one at a time, with its amounts, and the question where a list is not whole. */
export interface Exporting {
  readonly active: boolean;
  readonly rows: number;
  /** Null until the core has counted. */
  readonly total: number | null;
  /** Why it was refused though it could be done: a list is not whole. */
  readonly refused: { readonly wanted: Wanted; readonly failure: Failure } | null;
  readonly start: (wanted: Wanted) => Promise<void>;
  readonly stop: () => void;
  readonly putAway: () => void;
}

export const [getExporting, setExporting] = createContext<Exporting>();

/** Whether a list is of what is exported. */
function isSource({ kind, connection, installation }: ListState, of: Wanted['of']): boolean {
  if (of.what === 'comparison')
    return of.places.some(
      (place) => place.connection === connection && place.installation === installation?.id,
    );
  return (
    kind === of.what &&
    (of.connection === undefined || of.connection === connection) &&
    (of.what === 'installations' || of.installation === undefined || of.installation === installation?.id)
  );
}

export function createExporting(console: ConsoleState): Exporting {
  let amounts = $state.raw<{ readonly rows: number; readonly total: number | null } | null>(null);
  let refused = $state.raw<Exporting['refused']>(null);
  let controller: AbortController | null = null;

  return {
    get active() {
      return amounts !== null;
    },
    get rows() {
      return amounts?.rows ?? 0;
    },
    get total() {
      return amounts?.total ?? null;
    },
    get refused() {
      return refused;
    },
    async start(wanted) {
      if (amounts !== null) return;
      refused = null;
      amounts = { rows: 0, total: null };
      controller = new AbortController();
      const answer = await console.bridge.call('exports.start', wanted, {
        signal: controller.signal,
        progress: (progress) => {
          if (progress.kind === 'export') amounts = { rows: progress.rows, total: progress.total };
        },
      });
      amounts = null;
      controller = null;
      if (!answer.ok) {
        // Of all that can go wrong this alone can be agreed to.
        const cut = console.lists.some((list) => !list.complete && isSource(list, wanted.of));
        if (answer.error.code === 'export_failed' && cut && wanted.partial !== true)
          refused = { wanted, failure: answer.error };
        else complain(t('export.failed', { what: t(`export.of.${wanted.of.what}`) }), answer.error);
        return;
      }
      const done = answer.value;
      take(done);
      if (done.kind === 'saved') say(t('export.saved', { rows: formatCount(done.rows), path: done.path }));
      else say(t('export.downloads', { name: done.fileName }));
    },
    stop: () => controller?.abort(),
    putAway: () => void (refused = null),
  };
}

/** Has the browser save a file that it is to fetch, while the page stays where it is; what the person knows it by. */
export function take(done: Output<'exports.start'>): string {
  if (done.kind === 'saved') return done.path;
  const link = document.createElement('a');
  link.href = done.url;
  link.download = done.fileName;
  link.click();
  return done.fileName;
}
