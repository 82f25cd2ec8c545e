import type { Column } from '../lists/columns.svelte.ts';
import { t } from '../messages/text.ts';

/** The columns of users: a narrow list keeps who it is, where, and whether they get in. */
export function userColumns(): readonly Column[] {
  const sortable = true;
  return [
    { key: 'displayName', label: t('column.name'), width: 'minmax(110px, 1.6fr)', sortable, always: true },
    { key: 'email', label: t('column.email'), width: 'minmax(0, 1.7fr)', sortable, from: 700 },
    { key: 'installation', label: t('column.installation'), width: 'minmax(0, 1.4fr)', sortable, from: 480 },
    {
      key: 'connection',
      label: t('column.connection'),
      width: 'minmax(0, 1fr)',
      sortable,
      from: 640,
      off: true,
    },
    { key: 'provider', label: t('column.vendor'), width: 'minmax(0, 0.8fr)', sortable, from: 640, off: true },
    { key: 'roles', label: t('column.roles'), width: 'minmax(0, 1fr)', sortable, from: 860 },
    { key: 'status', label: t('column.status'), width: '104px', sortable },
    { key: 'expiresAt', label: t('column.ends'), width: '100px', sortable, from: 640, off: true },
    { key: 'id', label: t('fact.id'), width: 'minmax(0, 1fr)', sortable, from: 640, off: true },
  ];
}
