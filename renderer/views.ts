import type { Component } from 'svelte';
import type { View } from './state/route.ts';

/**
 * Every view, in the order of the rail and of the keys 1 to 8. A view is loaded when it is first shown, so that the first
 * one is not kept waiting by the others. It takes no props: what it needs comes from `getConsole()`, what it is narrowed to
 * from `route()`. Its texts stand in its own folder (`catalogue` in messages/text.ts), so that they are loaded with it.
 */
const load: Readonly<Record<View, () => Promise<{ default: Component }>>> = {
  overview: () => import('./overview/OverviewView.svelte'),
  connections: () => import('./connections/ConnectionsView.svelte'),
  installations: () => import('./installations/InstallationsView.svelte'),
  users: () => import('./users/UsersView.svelte'),
  tokens: () => import('./tokens/TokensView.svelte'),
  'system-user': () => import('./system-user/SystemUserView.svelte'),
  activity: () => import('./activity/ActivityView.svelte'),
  settings: () => import('./settings/SettingsView.svelte'),
};

const loaded = new Map<View, Promise<Component>>();

/** The component of that view; loaded once. Rejects where its file cannot be had (the program was replaced or has ended). */
export function loadView(view: View): Promise<Component> {
  const before = loaded.get(view);
  if (before !== undefined) return before;
  const loading = load[view]().then((module) => module.default);
  loaded.set(view, loading);
  loading.catch(() => loaded.delete(view)); // So that the next attempt asks again.
  return loading;
}
