let pending: ReturnType<typeof setTimeout> | undefined;

/**
 * Empties the clipboard in `ms`, unless something else was copied on this page meanwhile. Browsers let a page write only
 * while it has the keyboard; where it has not, the clipboard is emptied as soon as the person comes back.
 */
export function clearClipboardLater(ms: number): void {
  clearTimeout(pending);
  pending = setTimeout(clear, ms);
  addEventListener('copy', () => clearTimeout(pending), { once: true });
}

function clear(): void {
  navigator.clipboard.writeText('').catch(() => {
    addEventListener('focus', clear, { once: true });
  });
}
