/**
 * The arithmetic of a list that shows a window of rows in a scrolling box. Browsers limit how tall an element can be
 * (Chromium 33,554,428 px, Firefox about half of it), so beyond `tallest` the scroll bar stands for more rows than its
 * pixels: a small movement still moves row by row, a large one (the thumb, Home, End) moves in proportion.
 */
export interface Geometry {
  readonly total: number;
  readonly rowHeight: number;
  /** Height of the visible part that rows can use, in px. */
  readonly view: number;
  /** The tallest element to make, in px. */
  readonly tallest: number;
}

/** Where the list stands: `top` is the scroll position in px, `row` the row (with its fraction) at the top edge. */
export interface Position {
  readonly top: number;
  readonly row: number;
}

/** Height of the whole, in px. */
export function heightOf({ total, rowHeight, tallest }: Geometry): number {
  return Math.min(total * rowHeight, tallest);
}

function lastTop(geometry: Geometry): number {
  return Math.max(0, heightOf(geometry) - geometry.view);
}

function lastRow({ total, rowHeight, view }: Geometry): number {
  return Math.max(0, total - view / rowHeight);
}

/** Where the list stands after the box was scrolled to `top`. */
export function scrolledTo(geometry: Geometry, before: Position, top: number): Position {
  const { total, rowHeight, view, tallest } = geometry;
  const clamped = Math.min(Math.max(0, top), lastTop(geometry));
  if (total * rowHeight <= tallest) return { top: clamped, row: clamped / rowHeight };
  if (clamped === 0) return { top: 0, row: 0 };
  if (clamped === lastTop(geometry)) return { top: clamped, row: lastRow(geometry) };
  const moved = clamped - before.top;
  const row =
    Math.abs(moved) <= 2 * view
      ? before.row + moved / rowHeight
      : (clamped / lastTop(geometry)) * lastRow(geometry);
  return { top: clamped, row: Math.min(Math.max(0, row), lastRow(geometry)) };
}

/** The position that shows the row `index` whole, moving as little as possible; `before` where it already does. */
export function revealing(geometry: Geometry, before: Position, index: number): Position {
  const rowsInView = geometry.view / geometry.rowHeight;
  const row =
    index < before.row ? index : index + 1 > before.row + rowsInView ? index + 1 - rowsInView : before.row;
  if (row === before.row) return before;
  const clamped = Math.min(Math.max(0, row), lastRow(geometry));
  const share = lastRow(geometry) === 0 ? 0 : clamped / lastRow(geometry);
  const exact = geometry.total * geometry.rowHeight <= geometry.tallest;
  return { top: exact ? clamped * geometry.rowHeight : share * lastTop(geometry), row: clamped };
}

/** The rows to draw, `[first, end)`, with a few more on both sides. */
export function rowsAt(
  { total, rowHeight, view }: Geometry,
  { row }: Position,
  more = 3,
): { first: number; end: number } {
  const first = Math.max(0, Math.floor(row) - more);
  const end = Math.min(total, Math.ceil(row + view / rowHeight) + more);
  return { first: Math.min(first, end), end };
}

/** Where the row `index` is drawn from the top of the whole, in px. */
export function offsetOf({ rowHeight }: Geometry, { top, row }: Position, index: number): number {
  return top + (index - row) * rowHeight;
}
