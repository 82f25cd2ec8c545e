/** The views in the order of the rail; the first nine have their place as a key. */
export const views = [
  'overview',
  'connections',
  'installations',
  'users',
  'tokens',
  'system-user',
  'activity',
  'settings',
] as const;
export type View = (typeof views)[number];

/** Names one user of one installation in an address. */
export function keyOfUser(row: {
  readonly connection: string;
  readonly installation: string;
  readonly id: string;
}): string {
  return [row.connection, row.installation, row.id].map(encodeURIComponent).join('/');
}

/** Names one installation of one connection in an address. */
export function keyOfInstallation(row: { readonly connection: string; readonly id: string }): string {
  return [row.connection, row.id].map(encodeURIComponent).join('/');
}

/** Where the console is: a view and what it is narrowed to. Ids only; nothing secret is ever in an address. */
export interface Route {
  readonly view: View;
  readonly parameters: Readonly<Record<string, string>>;
  /** What the address has in place of a view, where there is no such view; the overview is shown then. */
  readonly unknown: string | null;
}

/** The route of an address's hash (`#/users?connection=...`). */
export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const view = views.find((known) => known === path);
  return {
    view: view ?? 'overview',
    parameters: Object.fromEntries(new URLSearchParams(query)),
    unknown: view === undefined && path !== '' ? path : null,
  };
}

/** The view that was probably meant by a word that is none: `Users`, `user`, `users/all`. */
export function viewMeant(word: string): View | undefined {
  const [first = ''] = word
    .toLowerCase()
    .replaceAll('_', '-')
    .split(/[^a-z-]/);
  return first.length < 3
    ? undefined
    : views.find((view) => view.startsWith(first) || first.startsWith(view));
}

/** The ids in a name of {@link keyOfUser} or {@link keyOfInstallation}; null where it is not of so many. */
export function idsOf(key: string, count: number): string[] | null {
  try {
    const ids = key.split('/').map(decodeURIComponent);
    return ids.length === count && ids.every((id) => id !== '') ? ids : null;
  } catch {
    return null; // A per cent sign that escapes nothing.
  }
}

export function hashOf(view: View, parameters: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(parameters).toString();
  return `#/${view}${query === '' ? '' : `?${query}`}`;
}
