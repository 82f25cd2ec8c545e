import type { Column } from '../lists/columns.svelte.ts';
import { ta } from './texts.ts';

/** A narrow list keeps when, what and how it went. */
export function activityColumns(): readonly Column[] {
  return [
    { key: 'at', label: ta('column.at'), width: 'minmax(64px, 84px)', sortable: false, always: true },
    { key: 'what', label: ta('column.what'), width: 'minmax(96px, 128px)', sortable: false, always: true },
    { key: 'where', label: ta('column.where'), width: 'minmax(0, 3fr)', sortable: false, from: 480 },
    {
      key: 'connection',
      label: ta('column.connection'),
      width: 'minmax(0, 1fr)',
      sortable: false,
      from: 700,
    },
    {
      key: 'result',
      label: ta('column.result'),
      width: 'minmax(88px, 104px)',
      sortable: false,
      always: true,
    },
    { key: 'took', label: ta('column.took'), width: '76px', sortable: false, end: true, from: 620 },
    {
      key: 'bytes',
      label: ta('column.bytes'),
      width: '76px',
      sortable: false,
      end: true,
      from: 900,
      off: true,
    },
    {
      key: 'proxy',
      label: ta('column.proxy'),
      width: 'minmax(0, 1fr)',
      sortable: false,
      from: 900,
      off: true,
    },
  ];
}
