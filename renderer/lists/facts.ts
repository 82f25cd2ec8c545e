import type { ListState } from '../../preload/contract.ts';
import { ago } from '../format/time.ts';
import { formatCount, t } from '../messages/text.ts';

/** Whether a list could not be read as somebody wanted: one whose reading was stopped was not wanted any more. */
export function isFailed({ failure, loading }: Pick<ListState, 'failure' | 'loading'>): boolean {
  return failure !== null && failure.code !== 'cancelled' && !loading;
}

/** Counts and age of what a view shows, in one line: "4,218 of 4,218 · as of 2 min ago". `narrowed`: by a search or filter; `reading`: lists are asked for; `shut`: the vault is not open, and with it what was kept. */
export function factsOf(
  shown: number | null,
  lists: readonly ListState[],
  what: 'users' | 'installations',
  now: number,
  {
    narrowed = false,
    reading = false,
    shut = false,
  }: { readonly narrowed?: boolean; readonly reading?: boolean; readonly shut?: boolean } = {},
): string {
  if (shown === null) return t('facts.loading');
  const relevant = lists.filter((list) => list.kind === what);
  if (relevant.length === 0 && shown === 0)
    return t(reading ? 'facts.reading' : shut ? 'vault.shut' : 'list.neverRead');
  const all = relevant.reduce((sum, list) => sum + list.rows, 0);
  const loading = relevant.some((list) => list.loading);
  const parts = [
    // While more come, the rows that are shown lag behind: nobody narrowed the list by that.
    shown === all || (loading && !narrowed)
      ? t(`facts.${what}`, { count: all })
      : t('facts.of', { shown: formatCount(shown), all: formatCount(all) }),
  ];
  const ages = relevant.flatMap((list) => (list.fetchedAt === null ? [] : [list.fetchedAt]));
  if (loading) parts.push(t('facts.reading'));
  else if (ages.length > 0) parts.push(t('facts.asOf', { ago: ago(Math.min(...ages), now) }));
  // A refresh that was stopped leaves the rows of before, all of them.
  const cut = relevant.filter(
    ({ failure, complete }) => failure !== null && !(complete && failure.code === 'cancelled'),
  );
  if (cut.length > 0) parts.push(t('facts.incomplete', { count: cut.length }));
  return parts.join(' · ');
}

/** Where one list stands, in a few words for its row. */
export function stateOfList(list: ListState | undefined, now: number): string {
  if (list === undefined) return t('list.neverRead');
  if (list.loading)
    return list.total === null
      ? t('list.reading', { rows: list.rows })
      : t('list.readingOf', { rows: formatCount(list.rows), total: formatCount(list.total) });
  if (list.failure !== null) return list.rows > 0 ? t('list.stopped', { rows: list.rows }) : t('list.failed');
  if (list.fetchedAt !== null)
    return t('list.asOf', { rows: formatCount(list.rows), ago: ago(list.fetchedAt, now) });
  return t('list.neverRead');
}
