import type { Bridge, Input } from '../../preload/contract.ts';
import { t } from '../messages/text.ts';
import { createLatest } from './latest.ts';
import { complain } from './notices.svelte.ts';
import { type Theme, showTheme, theme } from './theme.svelte.ts';

/** How a person wants the screen: kept with the profile, so that every door and every address of one has it. */
let bridge: Bridge | null = null;
let columns = $state.raw<Readonly<Record<string, readonly string[]>>>({});
let changing = 0;
const ofChoices = createLatest();

/** Takes what the profile says, now and whenever it says something else. Once, as long as the page lives. */
export function followChoices(of: Bridge): void {
  bridge = of;
  void read();
  of.on('preferences.changed', () => void read());
  // A locked console says nothing until it is open.
  of.on('vault.changed', ({ state }) => {
    if (state === 'open') void read();
  });
}

export function useTheme(chosen: Theme): void {
  showTheme(chosen);
  void change({ theme: chosen });
}

/** The columns of that list that are shown or hidden other than at first. */
export function changedColumns(list: string): readonly string[] {
  return columns[list] ?? [];
}

export function changeColumns(list: string, keys: readonly string[]): void {
  columns = { ...columns, [list]: keys };
  void change({ columns: { [list]: [...keys] } });
}

async function read(): Promise<void> {
  const counts = ofChoices.ask();
  const answer = await bridge?.call('preferences.read', {});
  // What was chosen meanwhile is newer than this answer; settings that cannot be read are said by their view.
  if (answer?.ok !== true || changing > 0 || !counts()) return;
  columns = answer.value.columns;
  if (answer.value.theme !== theme()) showTheme(answer.value.theme);
}

async function change(choice: Input<'preferences.change'>): Promise<void> {
  changing += 1;
  const answer = await bridge?.call('preferences.change', choice);
  changing -= 1;
  ofChoices.overtake();
  if (answer?.ok === false) complain(t('choice.notKept'), answer.error);
}
