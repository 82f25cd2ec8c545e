import { type Route, type View, hashOf, routeOf } from './route.ts';

let current = $state.raw<Route>(routeOf(location.hash));

addEventListener('hashchange', () => (current = routeOf(location.hash)));

export function route(): Route {
  return current;
}

/** Goes to a view; `parameters` narrow it. */
export function go(view: View, parameters: Readonly<Record<string, string>> = {}): void {
  location.hash = hashOf(view, parameters);
}

/** Notes what the view is narrowed to in the address, without a step in the history. */
export function note(parameters: Readonly<Record<string, string>>): void {
  history.replaceState(null, '', hashOf(current.view, parameters));
  current = { view: current.view, parameters, unknown: null };
}
