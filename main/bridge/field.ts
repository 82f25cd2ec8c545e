import type * as v from 'valibot';

import { type ConnectionField, connectionFields } from '../../preload/errors.ts';

/** The field of a connection that a value does not fit in, where it is that of one. */
export function connectionFieldOf(issue: v.BaseIssue<unknown>): ConnectionField | undefined {
  const [first, second] = (issue.path ?? []).map(({ key }) => key);
  const named = (key: unknown): ConnectionField | undefined =>
    connectionFields.find((field) => field === key);
  return first === 'overrides' ? (named(second) ?? 'overrides') : named(first);
}

/**
 * Where in a message a value does not fit, e.g. `overrides.issuer`. Keys come from the sender too, so one that is no plain
 * name is not repeated: somebody may have pasted a secret there.
 */
export function fieldOf(issue: v.BaseIssue<unknown>): string {
  const keys = (issue.path ?? []).map((item) => String(item.key));
  if (keys.length === 0) return 'the whole of it';
  return keys.map((key) => (/^[\w-]{1,40}$/.test(key) ? key : '…')).join('.');
}
