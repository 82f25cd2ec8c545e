import { changePreferences, readPreferences } from '../../connections/preferences.ts';
import type { Handlers } from '../dispatcher.ts';
import type { BridgeParts } from '../parts.ts';

type Methods = `preferences.${'read' | 'change'}`;

export function preferencesHandlers(parts: BridgeParts): Pick<Handlers, Methods> {
  const { console } = parts;
  return {
    'preferences.read': () => Promise.resolve(readPreferences(console.home)),
    'preferences.change': async ({ lockAfterMinutes }) => {
      const changed = await changePreferences(
        console.home,
        lockAfterMinutes === undefined ? {} : { lockAfterMinutes },
      );
      if (changed.ok) parts.preferencesChanged(changed.value);
      return changed;
    },
  };
}
