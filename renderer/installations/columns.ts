import type { Column } from '../lists/columns.svelte.ts';
import { t } from '../messages/text.ts';

/** The columns of installations. */
export function installationColumns(): readonly Column[] {
  return [
    {
      key: 'name',
      label: t('column.installation'),
      width: 'minmax(120px, 2fr)',
      sortable: true,
      always: true,
    },
    {
      key: 'connection',
      label: t('column.connection'),
      width: 'minmax(0, 1.3fr)',
      sortable: true,
      from: 520,
    },
    {
      key: 'state',
      label: t('column.state'),
      width: 'minmax(0, 0.8fr)',
      sortable: true,
      from: 900,
      off: true,
    },
    { key: 'timeZone', label: t('column.timeZone'), width: 'minmax(0, 1fr)', sortable: true, from: 800 },
    {
      key: 'userCount',
      label: t('column.seats'),
      hint: t('column.seatsHint'),
      width: '72px',
      sortable: true,
      end: true,
    },
    { key: 'read', label: t('column.usersRead'), width: 'minmax(100px, 1.1fr)', sortable: false, from: 380 },
    { key: 'id', label: t('fact.id'), width: 'minmax(0, 1fr)', sortable: false, from: 900, off: true },
  ];
}
