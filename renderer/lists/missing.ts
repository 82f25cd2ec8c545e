import type { ConnectionInfo, ListState } from '../../preload/contract.ts';
import { ago } from '../format/time.ts';
import { t } from '../messages/text.ts';

/** Where something that an address names would stand: in the installations of a connection, or in the users of one. */
export interface Whereabouts {
  readonly connection: string;
  readonly installation?: string;
}

/**
 * Why it is not here. `connection`: that is not here either; `signed_out`; `reading`: it may still come; `unread`; `cut`:
 * it may be in the part that is missing; `gone`: its list was read whole without it.
 */
export type Why = 'connection' | 'signed_out' | 'reading' | 'unread' | 'cut' | 'gone';

export interface Missing {
  readonly why: Why;
  /** Null where it is not here. */
  readonly connection: ConnectionInfo | null;
  /** Null where it was never read. */
  readonly list: ListState | null;
}

/** Why what stands there is not here, as far as this console can tell. */
export function missingFrom(
  { connection: id, installation }: Whereabouts,
  here: { readonly connections: readonly ConnectionInfo[]; readonly lists: readonly ListState[] },
): Missing {
  const connection = here.connections.find((one) => one.id === id) ?? null;
  const list =
    here.lists.find(
      (one) =>
        one.connection === id &&
        (installation === undefined
          ? one.kind === 'installations'
          : one.kind === 'users' && one.installation?.id === installation),
    ) ?? null;
  const why = ((): Why => {
    if (connection === null) return 'connection';
    if (list?.loading === true) return 'reading';
    if (list?.complete === true) return 'gone';
    const { state } = connection.session;
    if (state === 'signed_out' || state === 'sign_in_needed') return 'signed_out';
    return list === null ? 'unread' : 'cut';
  })();
  return { why, connection, list };
}

/** That in a sentence, with the next step. */
export function whyMissing({ why, connection, list }: Missing, now: number): string {
  const name = connection?.name ?? '';
  if (why === 'gone')
    return list === null || list.fetchedAt === null
      ? t('missing.why.goneUndated')
      : t('missing.why.gone', { ago: ago(list.fetchedAt, now) });
  return why === 'signed_out' || why === 'unread'
    ? t(`missing.why.${why}`, { name })
    : t(`missing.why.${why}`);
}
