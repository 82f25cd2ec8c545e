import { anything, either, flag, list, object, only, orNull, text, textLike, whole } from './shape.ts';
import type { Shape } from './shape.ts';

const digits = textLike(/^\d+$/u);

/** The two forms of vendor-apis 3.2: plain texts in the specification's example, objects in its schema. */
const email = either(text, object({ address: text }));
const phone = either(
  text,
  object({ number: text }, { priority: whole, phoneType: text, smsStatus: text, voiceStatus: text }),
);

/** vendor-apis 3.2. Which members may be null is not stated; of `status` only the name is known. */
export const contact = object(
  {
    id: whole,
    credentialId: whole,
    externalId: orNull(text),
    firstName: text,
    lastName: text,
    title: orNull(text),
    emails: list(email),
    phones: list(phone),
    type: text,
    notes: orNull(text),
    mobileAppUser: flag,
    agency: orNull(text),
    businessAddress: anything,
  },
  {
    chatUser: orNull(object({}, {}, () => anything)),
    asset: orNull(object({ id: whole, name: text, externalId: orNull(text) })),
    status: anything,
  },
);

export const groupNode = object({
  id: whole,
  parentId: orNull(whole),
  name: text,
  isLink: flag,
  externalId: orNull(text),
  classification: only('Internal', 'Public'),
  childGroupCount: whole,
  memberCount: whole,
  showOnPublicSignUp: flag,
  defaultPublicGroup: flag,
  description: text,
  addedOn: text,
  path: text,
});

const status = (success: boolean): Shape =>
  object(
    {
      isSuccess: only(success),
      errorCode: success ? only('None') : text,
      validationFailures: list(anything),
      messages: list(anything),
    },
    { errorMessage: orNull(text), resourceKey: orNull(text) },
  );

const counts = { totalItemCount: whole, page: whole, pageSize: whole };

/** The v2 envelope. */
export function pageOf(item: Shape): Shape {
  return object({
    ...counts,
    pageCount: whole,
    items: list(item),
    status: status(true),
    hasErrors: only(false),
    isValid: only(true),
  });
}
/** A failure inside a 200; whether the page's members come with it is not stated. */
export const failedEnvelope = object(
  { status: status(false), hasErrors: only(true), isValid: only(false) },
  { ...counts, pageCount: whole, items: list(anything) },
);
/** The Directory's envelope. */
export function directoryPageOf(item: Shape): Shape {
  return object({ ...counts, items: list(item) });
}

const reference = object({ id: text, name: text, description: text, uri: text });
export const profileSummary = object({ profile: reference, tenant: reference, directory: reference });

const verified = object({
  value: text,
  primary: flag,
  type: text,
  verification: object({ verified: flag }, {}, () => anything),
});
const contactList = object({ items: list(verified), totalCount: whole });
export const userProfile = object({
  tenantId: text,
  directories: list(anything),
  id: text,
  externalId: orNull(text),
  displayName: text,
  name: object({
    formatted: text,
    familyName: text,
    givenName: text,
    middleName: orNull(text),
    honorificPrefix: orNull(text),
    honorificSuffix: orNull(text),
  }),
  contactInformation: object({ emails: contactList, phones: contactList, mobileApps: list(anything) }),
  notificationPreferences: object({
    locations: anything,
    memberships: anything,
    preferredWrittenLanguage: text,
    preferredSpokenLanguage: text,
    locale: text,
    timezone: text,
  }),
  organizationInformation: object({ jobTitle: orNull(text), department: orNull(text) }),
  authorization: object({ role: reference, roles: anything }),
  legacyAuthorization: anything,
});

/** Errors: v2, ProblemDetails, ValidationProblemDetails (RFC 7807: any member may be absent). */
export const v2Error = object({ error: text });
const problemMembers = {
  type: text,
  title: text,
  status: whole,
  detail: orNull(text),
  instance: orNull(text),
};
export const problem = object({}, problemMembers);
export const validationProblem = object({ errors: object({}, {}, () => list(text)) }, problemMembers);

/** vendor-apis 3.1: the published sample. */
export const tokens = object({
  access_token: text,
  expires_in: only(3600),
  token_type: only('Bearer'),
  scope: text,
});
export const tokenError = object({ error: text }, { error_description: text, error_uri: text });
export const accessTokenHeader = object({ alg: only('RS256'), typ: only('at+jwt'), kid: text, x5t: text });
export const accessTokenClaims = object({
  iss: text,
  nbf: whole,
  iat: whole,
  exp: whole,
  aud: only('tamarack'),
  scope: list(text),
  client_id: textLike(/^ext-\d+-.+$/u),
  admin: only('false'),
  globalTenantId: text,
  name: text,
  sub: digits,
  tenantId: digits,
  jti: text,
});
