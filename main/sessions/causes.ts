/** An error with all its causes, outermost first; bounded, since a cause may be its own. */
export function causes(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  let current = error;
  while (current !== undefined && current !== null && chain.length < 10 && !chain.includes(current)) {
    chain.push(current);
    current = current instanceof Error ? current.cause : undefined;
  }
  return chain;
}

/** The first member of the chain that `is` recognises. */
export function findCause<T>(error: unknown, is: (candidate: unknown) => candidate is T): T | undefined {
  return causes(error).find(is);
}

/** The first `code` text in the chain, e.g. `OAUTH_RESPONSE_IS_NOT_CONFORM`. */
export function causeCode(error: unknown): string | undefined {
  for (const candidate of causes(error)) {
    const code: unknown = (candidate as { code?: unknown }).code;
    if (typeof code === 'string') return code;
  }
  return undefined;
}
