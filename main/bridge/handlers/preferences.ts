import { ok } from '../../../preload/errors.ts';
import type { Handlers } from '../dispatcher.ts';
import type { BridgeParts } from '../parts.ts';

type Methods = `preferences.${'read' | 'change'}` | 'settings.repair' | 'app.diagnose';

export function preferencesHandlers(parts: BridgeParts): Pick<Handlers, Methods> {
  const { console } = parts;
  return {
    'preferences.read': () => console.preferences.read(),

    'preferences.change': async (changes) => {
      const changed = await console.preferences.change(changes);
      if (changed.ok) parts.preferencesChanged();
      return changed;
    },

    'settings.repair': async ({ empty }) => {
      const repaired = await console.preferences.repair(empty);
      if (!repaired.ok) return repaired;
      parts.preferencesChanged();
      parts.connectionsChanged();
      return repaired;
    },

    'app.diagnose': async (_, { signal, progress }) => {
      const { checks } = await console.diagnose(signal, (done, of) => progress({ kind: 'steps', done, of }));
      return ok({ checks: checks.map((check) => ({ ...check })) });
    },
  };
}
