import { keep, kept } from './storage.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

function remembered(): Theme {
  return themes.find((theme) => theme === kept('theme')) ?? 'system';
}

const state = $state({ theme: remembered() });

export function theme(): Theme {
  return state.theme;
}

/** The theme that the switch goes to next. */
export function nextTheme(): Theme {
  return themes[(themes.indexOf(state.theme) + 1) % themes.length] ?? 'system';
}

/** Shows the console in that theme; the browser remembers it for the moment before the profile is read. */
export function showTheme(chosen: Theme): void {
  state.theme = chosen;
  keep('theme', chosen);
  apply();
}

/** Marks the document, which the design tokens follow. */
export function apply(): void {
  if (state.theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = state.theme;
}
