/** What lies over the views, loaded when it is first needed or when there is nothing else to do. */
export const late = {
  palette: () => import('./Palette.svelte'),
  keys: () => import('./KeysHelp.svelte'),
  add: () => import('../connections/AddConnection.svelte'),
  exporting: () => import('../lists/ExportSheet.svelte'),
  lock: () => import('./LockView.svelte'),
  discard: () => import('./Discard.svelte'),
  signIn: () => import('../connections/SignInSheet.svelte'),
} as const;

/** Fetches all of it ahead of need, so that nothing is waited for later. */
export async function fetchAhead(): Promise<void> {
  await Promise.allSettled(Object.values(late).map((load) => load()));
}
