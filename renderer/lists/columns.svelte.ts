import { changeColumns, changedColumns } from '../state/choices.svelte.ts';

/** A column of a list, wherever it is shown. */
export interface Column {
  readonly key: string;
  readonly label: string;
  /** What its numbers count, where the label alone may be misread. */
  readonly hint?: string;
  /** A grid track: `minmax(0, 2fr)`, `120px`. */
  readonly width: string;
  readonly sortable: boolean;
  /** Numbers stand at the end of their column. */
  readonly end?: boolean;
  /** How wide the list must be, in px, for this column to have room. */
  readonly from?: number;
  /** How wide the list may be, in px, before this column gives way to those that it stands for. */
  readonly until?: number;
  /** Not shown unless it is chosen. */
  readonly off?: boolean;
  /** Always shown: the list means nothing without it. */
  readonly always?: boolean;
}

/** Which columns a person chose. */
export interface ColumnChoice {
  readonly chosen: (column: Column) => boolean;
  readonly toggle: (column: Column) => void;
  /** Those that are chosen and have room in a list that wide. */
  readonly shown: (width: number) => readonly Column[];
}

export function createColumnChoice(name: string, columns: () => readonly Column[]): ColumnChoice {
  const changed = $derived(changedColumns(name));
  const chosen = (column: Column): boolean =>
    column.always === true || (column.off === true) === changed.includes(column.key);
  return {
    chosen,
    toggle({ key }) {
      changeColumns(
        name,
        changed.includes(key) ? changed.filter((other) => other !== key) : [...changed, key],
      );
    },
    shown: (width) =>
      columns().filter(
        (column) => chosen(column) && width >= (column.from ?? 0) && width < (column.until ?? Infinity),
      ),
  };
}
