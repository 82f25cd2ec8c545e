/** What the browser remembers of this screen until the profile is read: the theme. Never anything of a connection. */

/** The text kept under that name; null where there is none or the browser keeps nothing. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`latchkey.${name}`);
  } catch {
    return null; // Storage is switched off: the choice lasts as long as the page.
  }
}

export function keep(name: string, text: string): void {
  try {
    localStorage.setItem(`latchkey.${name}`, text);
  } catch {
    // As above.
  }
}
