/** One measured figure. A ratio is against a floor that was measured in the same run, in the same way. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  /** "ms", "MB", "rows/s", "nodes", ... */
  readonly unit: string;
  /** What the value is held against, in the same unit; null where there is nothing to compare with. */
  readonly floor: number | null;
  /** `value / floor`; null without a floor. */
  readonly ratio: number | null;
  /** The most that the design allows, with what it is a bound of; null where it sets none. */
  readonly budget: { readonly of: 'value' | 'ratio'; readonly atMost: number } | null;
  /** Whether the budget is met; null without one. */
  readonly ok: boolean | null;
  /** What the floor is, or what was counted, in a few words. */
  readonly note: string;
}

/** What a file of this folder exports: `test/bench/token.ts` has `tokenBench`. Throws where it cannot be run at all. */
export type Bench = (options: BenchOptions) => Promise<readonly BenchRow[]>;

export interface BenchOptions {
  /** How many users the large directories have. */
  readonly users: number;
  /** One line of what is going on, for the person who waits. */
  readonly say: (line: string) => void;
}

/** A row with its ratio and its verdict worked out. */
export function row(
  name: string,
  value: number,
  unit: string,
  rest: { floor?: number; budget?: BenchRow['budget']; note?: string } = {},
): BenchRow {
  const { floor = null, budget = null, note = '' } = rest;
  const ratio = floor === null ? null : value / floor;
  const bounded = budget?.of === 'ratio' ? ratio : value;
  const ok = budget === null ? null : bounded !== null && bounded <= budget.atMost;
  return { name, value, unit, floor, ratio, budget, ok, note };
}

/** The value below which `share` (0.95) of the sorted values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
