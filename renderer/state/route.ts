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
}

/** The route of an address's hash (`#/users?connection=...`); what is not understood is the overview. */
export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const view = views.find((known) => known === path) ?? 'overview';
  return { view, parameters: Object.fromEntries(new URLSearchParams(query)) };
}

export function hashOf(view: View, parameters: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(parameters).toString();
  return `#/${view}${query === '' ? '' : `?${query}`}`;
}
