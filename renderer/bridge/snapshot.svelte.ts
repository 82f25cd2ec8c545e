/** A plain copy of what may be a reactive proxy: proxies cross no boundary (they cannot be cloned). */
export function snapshot<T>(value: T): T {
  return $state.snapshot(value) as T;
}
