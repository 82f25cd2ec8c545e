import { flag, list, object, only, text, textLike, whole } from './shape.ts';
import type { Shape } from './shape.ts';

const moment = textLike(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/u);
const name = (collections: string): Shape =>
  textLike(new RegExp(`^${collections.replaceAll('*', '[^/]+')}$`, 'u'));

/** Protobuf JSON leaves empty members out (vendor-apis 2.2): of a resource only the name is sure to be there. */
export const installation = object(
  { name: name('installations/*') },
  {
    display_name: text,
    photo: text,
    photo_uri: text,
    address: text,
    time_zone: text,
    digital_key_art: object({}, { background_image: text, background_image_uri: text, text_color: text }),
    transfer_ownership_state: object({}, { email: text, expire_time: moment }),
    delete_time: moment,
    partner_info: object({}, { partner_id: text, currency_code: text }),
    block_time: moment,
    key_renewal_duration: textLike(/^\d+(?:\.\d+)?s$/u),
  },
);

const keyState = textLike(/^[A-Z_]+$/u);
/** An optional proto field (`string?`) is absent when it is unset, never empty. */
const someText = textLike(/./su);
/** vendor-apis 2.4. */
export const user = object(
  { name: name('installations/*/users/*') },
  {
    parent: name('installations/*/users/*'),
    given_name: text,
    family_name: someText,
    display_name: text,
    email: someText,
    activate_time: moment,
    expire_time: moment,
    photo: someText,
    photo_uri: text,
    card_key: object(
      {},
      {
        name: text,
        uid: text,
        state: only('NOT_ASSIGNED', 'PENDING', 'ACTIVE'),
        outdated: flag,
        expire_time: moment,
      },
    ),
    app_key: object({}, { name: text, state: keyState, remote_operations: flag }),
    wallet_key: object({}, { name: text, state: keyState, outdated: flag }),
    passcode: object({}, { name: text, state: keyState }),
    electronic_key: object(
      {},
      { name: text, device_id: text, state: keyState, outdated: flag, expire_time: moment },
    ),
    blocked: flag,
    manager: someText,
    allow_do_not_disturb_override: flag,
  },
);

export const policy = object(
  { name: name('installations/*/iam-policies/*') },
  { member: text, roles: list(text) },
);
export const role = object({ name: name('iam-roles/*') }, { display_name: text, permissions: list(text) });
export const serviceAccount = object(
  { name: name('installations/*/service-accounts/*') },
  { display_name: text, client_id: text, create_time: moment },
);

/** vendor-apis 2.3: only users have a total; the last page has an empty token or none. */
export function pageOf(plural: string, item: Shape): Shape {
  const total: Record<string, Shape> = plural === 'users' ? { total_size: whole } : {};
  return object({}, { [plural]: list(item), next_page_token: text, ...total });
}

/** vendor-apis 2.5: google.rpc.Status. */
export const rpcStatus = object({ code: whole, message: text, details: list(object({})) });

/** vendor-apis 2.1. */
const tokenMembers = {
  access_token: text,
  expires_in: whole,
  scope: text,
  token_type: only('bearer'),
};
export const tokens = object(tokenMembers);
/** An application authorised for "programmatic refresh tokens". */
export const refreshingTokens = object({
  ...tokenMembers,
  refresh_token: text,
  refresh_token_expires_in: whole,
});
export const tokenError = object({ error: text, error_hint: text, error_description: text });
