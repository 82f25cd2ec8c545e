/** What lies over the views: one thing at a time. Any view may ask for it. */
export type Over = 'palette' | 'keys' | 'add';

let over = $state<Over | null>(null);

export function shownOver(): Over | null {
  return over;
}

export function showOver(what: Over | null): void {
  over = what;
}
