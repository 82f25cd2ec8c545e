import type { Rows } from './rows.svelte.ts';

/** The row whose detail is open, and where the keyboard stands. Both stay with their row when others come before it. */
export interface OpenRow<Row> {
  /** Where the keyboard stands; -1 is nowhere. */
  cursor: number;
  /** The open row as it is now, as it was last where it is not among the rows any more; null where none is open. */
  readonly row: Row | null;
  /** Where it is; -1 where it is not among the rows that came. */
  readonly index: number;
  /** Opens the row that stands there, if it came. */
  readonly show: (index: number) => Row | null;
  /** Opens a row that stands where nobody has looked yet; null closes what is open. */
  readonly take: (row: Row | null) => void;
  /** Opens the row of that key and puts the keyboard on it, if it came and is among the first. */
  readonly find: (key: string) => void;
}

const lookedThrough = 200;

/** To be called while a component starts. */
export function createOpenRow<Row>(rows: Rows<Row>, keyOf: (row: Row) => string): OpenRow<Row> {
  let cursor = $state(-1);
  let open = $state.raw<Row | null>(null);
  /** Where it was last. */
  let index = $state(-1);

  function placeOf(key: string): number {
    for (let at = 0; at < Math.min(rows.total ?? 0, lookedThrough); at += 1) {
      const row = rows.at(at);
      if (row !== undefined && keyOf(row) === key) return at;
    }
    return -1;
  }
  const place = $derived.by(() => {
    if (open === null) return -1;
    const there = rows.at(index);
    const stays = index >= 0 && (there === undefined || keyOf(there) === keyOf(open));
    return stays ? index : placeOf(keyOf(open));
  });
  const row = $derived((place < 0 ? undefined : rows.at(place)) ?? open);
  $effect(() => {
    if (place < 0 || place === index) return;
    if (cursor === index) cursor = place;
    index = place;
  });

  function show(at: number): Row | null {
    const there = rows.at(at);
    if (there === undefined) return null;
    open = there;
    index = at;
    return there;
  }

  return {
    get cursor() {
      return cursor;
    },
    set cursor(at) {
      cursor = at;
    },
    get row() {
      return row;
    },
    get index() {
      return place;
    },
    show,
    find(key) {
      const at = placeOf(key);
      if (at >= 0 && show(at) !== null) cursor = at;
    },
    take(given) {
      open = given;
      index = -1;
    },
  };
}
