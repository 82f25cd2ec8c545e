import { dropTyped, holdsTyped, leaveTyped } from './unsaved.svelte.ts';
import { type Route, type View, hashOf, routeOf } from './route.ts';

let current = $state.raw<Route>(routeOf(location.hash));

/** The address that comes next was agreed to. */
let agreed = false;

/** What the address says is shown; before something typed goes with what was shown, the person is asked. */
addEventListener('hashchange', () => {
  const arrive = (): void => void (current = routeOf(location.hash));
  const stay = hashOf(current.view, current.parameters);
  if (agreed || location.hash === stay || !holdsTyped()) {
    // Nothing is lost with it, but a sheet over the view before has no place over this one.
    if (location.hash !== stay) dropTyped();
    agreed = false;
    arrive();
    return;
  }
  // By the browser's own buttons: the address has changed already.
  leaveTyped(
    true,
    () => {
      dropTyped();
      arrive();
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
  settled(() => leaveFor(hash));
}

function leaveFor(hash: string): void {
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

/** A press on a link within the console: while something is typed that would go, it is asked before the address changes. */
export function followLink(event: MouseEvent): void {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a[href^="#/"]') : null;
  if (link === null || !(returning || holdsTyped())) return;
  event.preventDefault();
  goTo(link.getAttribute('href') ?? '');
}

/** Notes what the view is narrowed to in the address, without a step in the history. */
export function note(parameters: Readonly<Record<string, string>>): void {
  const hash = show(parameters);
  settled(() => history.replaceState(history.state, '', hash));
}

/** As {@link note}, with a step that Back undoes: for what is opened over the view. */
export function stepInto(parameters: Readonly<Record<string, string>>): void {
  const hash = show(parameters);
  settled(() => history.pushState({ steppedInto: true }, '', hash));
}

/**
 * As {@link note}, for what closes what was opened: where that was a step, it is undone, so that the history does not fill
 * with places that are the same.
 */
export function stepOut(parameters: Readonly<Record<string, string>>): void {
  const hash = show(parameters);
  settled(() => {
    if (!isStep(history.state)) {
      history.replaceState(null, '', hash);
      return;
    }
    returning = true;
    waiting.push(() => history.replaceState(history.state, '', hash));
    history.back();
  });
}

/** The browser goes back, which takes it a moment; what is to be noted in the address waits until it is there. */
let returning = false;
const waiting: (() => void)[] = [];

function settled(work: () => void): void {
  if (returning) waiting.push(work);
  else work();
}

// Comes before the event that the address has changed.
addEventListener('popstate', () => {
  returning = false;
  for (const work of waiting.splice(0)) settled(work);
});

function isStep(state: unknown): boolean {
  return typeof state === 'object' && state !== null && 'steppedInto' in state;
}

/** Shows the view narrowed to that, before the address says it; gives that address. */
function show(parameters: Readonly<Record<string, string>>): string {
  current = { view: current.view, parameters, unknown: null };
  return hashOf(current.view, parameters);
}
