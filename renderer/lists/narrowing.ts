import { note, route, stepInto, stepOut } from '../state/router.svelte.ts';
import { cutSearch } from './cut-search.ts';

/** What the address narrows the view to; empty where it says nothing of that. */
export function narrowedBy(name: string): string {
  return route().parameters[name] ?? '';
}

/**
 * Narrows the view: an empty value takes a parameter away. Whatever changes but `open` closes the detail, for the row may
 * be gone. The address follows without a step in the history, so that it can be copied at any time.
 */
export function narrow(change: Readonly<Record<string, string>>): void {
  const closes = Object.keys(change).some((name) => name !== 'open');
  const next = filled({ ...route().parameters, ...(closes && { open: '' }), ...change });
  if (narrowedBy('open') !== '' && next.open === undefined) stepOut(next);
  else note(next);
}

/** Opens a row's detail: a step that Back undoes. Going on to other rows from there is none. */
export function openDetail(key: string): void {
  const next = { ...route().parameters, open: key };
  if (narrowedBy('open') === '') stepInto(next);
  else note(next);
}

export function closeDetail(): void {
  narrow({ open: '' });
}

function filled(parameters: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ''));
}

/** The sort in an address: a column's key, with a minus before it where the order is turned round. */
export function sortBy<K extends string>(keys: readonly K[], usual: K): { key: K; descending: boolean } {
  const asked = narrowedBy('sort');
  const key = keys.find((known) => known === asked.replace(/^-/, ''));
  return key === undefined ? { key: usual, descending: false } : { key, descending: asked.startsWith('-') };
}

/** The parameter after a press on that column's head: once up, then down. */
export function sortAfter(sort: { readonly key: string; readonly descending: boolean }, key: string): string {
  return sort.key === key && !sort.descending ? `-${key}` : key;
}

/** What is searched for: as much of the address' search as the core takes. The rest stays in the address. */
export function searched(): string {
  return cutSearch(narrowedBy('search'));
}

/** A parameter of the address, and what can stand in it; one without any known values is not judged. */
export interface Judged {
  readonly parameter: string;
  readonly label: string;
  readonly known: readonly string[];
  /** What holds where something else stands there, if that is not the same as nothing. */
  readonly instead?: string;
}

/** Those in which something stands that means nothing. */
export function unknownValues(of: readonly Judged[]): readonly (Judged & { readonly value: string })[] {
  return of.flatMap((judged) => {
    const given = narrowedBy(judged.parameter);
    const value = judged.parameter === 'sort' ? given.replace(/^-/, '') : given;
    return value === '' || judged.known.length === 0 || judged.known.includes(value)
      ? []
      : [{ ...judged, value }];
  });
}
