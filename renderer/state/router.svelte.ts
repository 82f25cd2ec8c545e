import { dropTyped, holdsTyped, leaveTyped } from './unsaved.svelte.ts';
import { type Route, type View, hashOf, routeOf } from './route.ts';

let current = $state.raw<Route>(routeOf(location.hash));

/** The address that comes next was agreed to. */
let agreed = false;

/** What the address says is shown; before something typed goes with what was shown, the person is asked. */
addEventListener('hashchange', () => {
  const show = (): void => void (current = routeOf(location.hash));
  const stay = hashOf(current.view, current.parameters);
  if (agreed || location.hash === stay || !holdsTyped()) {
    agreed = false;
    show();
    return;
  }
  // By the browser's own buttons: the address has changed already.
  leaveTyped(
    true,
    () => {
      dropTyped();
      show();
    },
    () => history.pushState(null, '', stay),
  );
});

export function route(): Route {
  return current;
}

/** Goes to a view; `parameters` narrow it. */
export function go(view: View, parameters: Readonly<Record<string, string>> = {}): void {
  goTo(hashOf(view, parameters));
}

function goTo(hash: string): void {
  if (hash === location.hash) return;
  leaveTyped(holdsTyped(), () => {
    const before = location.href;
    if (holdsTyped()) {
      dropTyped();
      agreed = true;
    }
    location.hash = hash;
    agreed &&= location.href !== before;
  });
}

/** A press on a link within the console, while something is typed that would go: asked before the address changes. */
export function followLink(event: MouseEvent): void {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a[href^="#/"]') : null;
  if (link === null || !holdsTyped()) return;
  event.preventDefault();
  goTo(link.getAttribute('href') ?? '');
}

/** Notes what the view is narrowed to in the address, without a step in the history. */
export function note(parameters: Readonly<Record<string, string>>): void {
  history.replaceState(null, '', hashOf(current.view, parameters));
  current = { view: current.view, parameters, unknown: null };
}
