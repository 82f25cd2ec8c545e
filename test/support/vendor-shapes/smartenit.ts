import { anything, flag, list, object, only, text, textLike, whole } from './shape.ts';
import type { Shape } from './shape.ts';

const mongoId = textLike(/^[0-9a-f]{24}$/u);
const moment = textLike(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/u);
/** `{<collection>: [{id, name}]}`. */
const parents = object({}, {}, () => list(object({ id: mongoId, name: text })));

/** vendor-apis 4.2: members that every object may have; which of them a list leaves out is not documented. */
const common = {
  createdAt: moment,
  updatedAt: moment,
  parents,
  ownerId: mongoId,
  accountId: mongoId,
};
export const location = object(
  { _id: mongoId, name: text },
  { ...common, settings: anything, meta: object({}, { hasEnergyManagement: flag }) },
);
export const account = object({ _id: mongoId, name: text }, { ...common, settings: anything });
/** Written as `lastName` (SMA-SDK), read as `lastname` by a client of 2016 (SMA-OMNI). */
export const user = object(
  { _id: mongoId, username: text },
  { ...common, name: text, profile: object({ name: text }, { lastName: text, lastname: text }) },
);

export function pageOf(item: Shape): Shape {
  return object({ data: list(item), _links: object({ total: whole }) });
}
export function single(item: Shape): Shape {
  return object({ data: item });
}
/** A write's answer may add a message. */
export function written(item: Shape): Shape {
  return object({ data: item }, { message: text });
}

/** vendor-apis 4.2 (SMA-DOC), also for OAuth errors; the example says one sentence outside and inside. */
export const error: Shape = (value, at) => {
  const shape = object({
    error: object({ message: text, status: whole, errors: list(object({ code: whole, message: text })) }),
  });
  const problems = shape(value, at);
  if (problems.length > 0) return problems;
  const { error: said } = value as { error: { message: string; errors: { message: string }[] } };
  return said.errors[0]?.message === said.message ? [] : ['the message differs from that of its first error'];
};

/** vendor-apis 4.1. */
const tokenMembers = { access_token: text, token_type: only('Bearer'), expires_in: whole };
export const tokens = object(tokenMembers);
export const refreshableTokens = object({ ...tokenMembers, refresh_token: text });
/** The members of `data`'s two objects are not documented beyond being a user and an account. */
export const passwordTokens = object({
  ...tokenMembers,
  refresh_token: text,
  data: object({ user, account }),
});
