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
