import type { SystemUserRow } from '../../preload/contract.ts';
import { ts } from './texts.ts';

/** What would be done at a site, in a few words; empty for nothing. */
export function actionText({ action, role }: Pick<SystemUserRow, 'action' | 'role'>): string {
  if (action === 'none') return '';
  return action === 'activate' ? ts('action.activate') : ts(`action.${action}`, { role: role ?? '' });
}
