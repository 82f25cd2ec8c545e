import { errors, interactionPolicy } from 'oidc-provider';

/** The library's own policy, and: a scope that the server does not know is refused, not silently left out. */
export function interactionPolicyFor(scopes: readonly string[]): ReturnType<typeof interactionPolicy.base> {
  const policy = interactionPolicy.base();
  policy.get('login')?.checks.add(
    new interactionPolicy.Check('scope_known', 'requested scope is not known', (ctx) => {
      const scope = ctx.oidc.params?.['scope'];
      const unknown =
        typeof scope === 'string' ? scope.split(' ').find((one) => !scopes.includes(one)) : undefined;
      if (unknown !== undefined) throw new errors.InvalidScope('requested scope is not known', unknown);
      return interactionPolicy.Check.NO_NEED_TO_PROMPT;
    }),
    0,
  );
  return policy;
}
