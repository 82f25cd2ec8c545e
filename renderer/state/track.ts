/** Reads values so that the effect around it runs again when one of them changes; answers how many. */
export function track(...values: readonly unknown[]): number {
  return values.length;
}
