import type { Terminal } from './terminal.ts';

/** Colours of the terminal's own palette, so that they fit light and dark; plain text where there are none. */
export interface Paint {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly caution: (text: string) => string;
  readonly accent: (text: string) => string;
}

/** Colours only where a person looks, and where nobody asked for none (https://no-color.org). */
export function paintFor(terminal: Pick<Terminal, 'env' | 'colours'>): Paint {
  const { NO_COLOR: none, FORCE_COLOR: force, TERM: term } = terminal.env;
  const wanted =
    force !== undefined && force !== '' ? force !== '0' : terminal.colours === true && term !== 'dumb';
  const on = wanted && (none === undefined || none === '');
  const with_ =
    (open: number, close: number) =>
    (text: string): string =>
      on && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    strong: with_(1, 22),
    faint: with_(2, 22),
    good: with_(32, 39),
    bad: with_(31, 39),
    caution: with_(33, 39),
    accent: with_(36, 39),
  };
}
