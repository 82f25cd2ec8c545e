export type Shortcut =
  { readonly kind: 'palette' | 'keys' | 'search' } | { readonly kind: 'view'; readonly number: number };

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly defaultPrevented: boolean;
  readonly target: unknown;
}

/** What a key means to the console as a whole; null where it belongs to a field or an open dialog, or means nothing. */
export function shortcutOf(event: Key, dialogOpen: boolean): Shortcut | null {
  if (event.defaultPrevented || dialogOpen) return null;
  if ((event.ctrlKey || event.metaKey) && !event.altKey)
    return event.key.toLowerCase() === 'k' ? { kind: 'palette' } : null;
  if (event.altKey || event.ctrlKey || event.metaKey || typing(event.target)) return null;
  if (event.key === '?') return { kind: 'keys' };
  if (event.key === '/') return { kind: 'search' };
  return /^[1-8]$/.test(event.key) ? { kind: 'view', number: Number(event.key) } : null;
}

function typing(target: unknown): boolean {
  const { tagName, isContentEditable } = (target ?? {}) as { tagName?: string; isContentEditable?: boolean };
  return isContentEditable === true || (tagName !== undefined && /^(input|textarea|select)$/i.test(tagName));
}
