import { anything, flag, list, object, only, orNull, text, textLike, whole } from './shape.ts';
import type { Shape } from './shape.ts';

const uuid = textLike(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u);
const moment = textLike(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/u);

/** vendor-apis 1.5 and 1.6: the person in a site user and a site's owner. */
const person = object({
  id: uuid,
  first_name: text,
  last_name: text,
  email: orNull(text),
  image_url: orNull(text),
  tag_number: orNull(text),
  is_managed_by_current_site: flag,
  has_profile: flag,
});

/** vendor-apis 1.5. A list item is at least the first three (KS-M1); the rest of it is inferred. */
const siteHead = {
  id: uuid,
  site_uid: textLike(/^[A-Z]{2}\d{10}$/u),
  customer_reference: text,
};
const siteRest = {
  country_code: textLike(/^[A-Z]{2}$/u),
  time_zone: text,
  active_user_amount: whole,
  subscribed_user_amount: whole,
  active_iq_amount: whole,
  subscription_valid: flag,
  pin_enabled: flag,
  installation_state: text,
  mkey_compatible: flag,
  store_events_ttl: textLike(/^\d+\.\d\d:\d\d:\d\d$/u),
  owner: person,
};
export const siteInList = object(siteHead, siteRest);
export const site = object({ ...siteHead, ...siteRest });

/** vendor-apis 1.7. */
export const role = object({
  id: uuid,
  customer_reference: text,
  code: text,
  parent_id: orNull(uuid),
  is_hierarchical: flag,
});

const siteUserMembers = {
  id: uuid,
  user: person,
  roles: list(role),
  alias: orNull(text),
  subscription_state: only('subscribed', 'suspended'),
  blocked: flag,
  remote_access: flag,
  use_pin: flag,
  override_privacy_mode: flag,
  toggle_easy_office_mode: flag,
  toggle_manual_office_mode: flag,
  tag_owned_by_this_site: flag,
  expires_at: orNull(moment),
  data_removal_expires_at: orNull(moment),
};
/** vendor-apis 1.6. */
export const siteUser = object(siteUserMembers);
/** The same and three members whose types were not recorded. */
export const siteMe = object({
  ...siteUserMembers,
  ownership_state: anything,
  member_of_pods: anything,
  guest_of_pods: anything,
});
export const me = object({
  id: uuid,
  first_name: text,
  last_name: text,
  phone: orNull(text),
  email: text,
  language: text,
  tag_number: orNull(text),
  tag_rf_id_uid: orNull(text),
  image_url: orNull(text),
});
export const foundUser = object({
  id: uuid,
  first_name: text,
  last_name: text,
  image_url: orNull(text),
  is_managed: flag,
  has_identity: flag,
  is_linked: flag,
});

/** vendor-apis 1.4 (KS-M2). */
export function pageOf(item: Shape): Shape {
  return object({ items: list(item), next_page_link: orNull(text), count: orNull(whole) });
}
/** v1.1 sites: two clients read nothing but `items` (KS-C3, KS-C4). */
export const sitePage = object(
  { items: list(siteInList) },
  { next_page_link: orNull(text), count: orNull(whole) },
);

/** vendor-apis 1.4: the three error shapes (the third is an empty body). */
export const apiError = object({ ErrorCode: whole, Message: text });
export const problem = object({ type: text, title: text, status: whole, traceId: text });

/** vendor-apis 1.3. */
export const tokens = object(
  { access_token: text, expires_in: only(3600), token_type: only('Bearer'), scope: text },
  { refresh_token: text, id_token: text },
);
export const tokenError = object({ error: text }, { error_description: text });

/** vendor-apis 1.3 (KS-M2). */
export const accessTokenHeader = object({ alg: only('RS256'), typ: only('at+jwt'), kid: text });
/** `jti` was not measured; the sandbox needs it, for two tokens of one second would else be one and the same. */
const sandboxClaims = { jti: text };
export const accessTokenClaims = object(
  {
    iss: text,
    aud: only('user_api'),
    scope: list(text),
    client_id: text,
    sub: uuid,
    amr: list(only('password')),
    idp: only('local'),
    auth_time: whole,
    iat: whole,
    nbf: whole,
    exp: whole,
    product_id: anything,
    tenant_id: anything,
    identity_id: anything,
    skip_email: anything,
  },
  sandboxClaims,
  (name) => (/^profile_id_[0-9a-f-]{36}$/u.test(name) ? anything : null),
);
