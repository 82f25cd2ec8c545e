/**
 * Facets (list, status, role, connection) are written as three characters each, a control character and a number in
 * two, after the searched text. So the trigram index answers "active users of this installation called an…" as one
 * intersection, and a plain substring search finds the same. No searched text can hold a control character.
 */
const signs = { list: '\u0002', status: '\u0003', role: '\u0004', connection: '\u0005' } as const;

export type FacetName = keyof typeof signs;

export interface Facets {
  /** The code of a value, made if new. */
  code(name: FacetName, value: string): string;
  /** The code of a value, or null where no row ever had it. */
  find(name: FacetName, value: string): string | null;
  /** Every value that ever had a code. */
  values(name: FacetName): readonly string[];
}

/** Two bytes of UTF-8 each, none of them a control character: a million codes. */
const base = 0x100;
const digit = 1024;

export function createFacets(): Facets {
  const known: Record<FacetName, Map<string, string>> = {
    list: new Map(),
    status: new Map(),
    role: new Map(),
    connection: new Map(),
  };
  const find = (name: FacetName, value: string): string | null => known[name].get(value) ?? null;
  return {
    find,
    values: (name) => [...known[name].keys()],
    code(name, value) {
      const found = find(name, value);
      if (found !== null) return found;
      const number = known[name].size;
      const code =
        signs[name] +
        String.fromCharCode(base + Math.floor(number / digit)) +
        String.fromCharCode(base + (number % digit));
      known[name].set(value, code);
      return code;
    },
  };
}
