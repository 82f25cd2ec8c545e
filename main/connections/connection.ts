import * as v from 'valibot';
import { providerIds } from '../providers/catalogue.ts';
import { clientAuths, environmentIds, grants, tokenEncodings } from '../providers/provider.ts';

/** Names are typed on command lines and shown in lists: short, no white space at the ends, no control characters. */
const name = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty('A connection needs a name.'),
  v.maxLength(60, 'A connection name has at most 60 characters.'),
  v.regex(/^[^\p{C}]*$/u, 'A connection name has no control characters.'),
  v.regex(/^[^-]/u, 'A connection name does not start with a hyphen.'),
);
const shortText = v.pipe(
  v.string(),
  v.maxLength(2000, 'At most 2000 characters are allowed.'),
  v.regex(/^[^\p{Cc}]*$/u, 'Control characters are not allowed.'),
);
/** Names that an object has of itself would be dropped without a word. */
const textName = v.pipe(
  v.string(),
  v.regex(
    /^(?!(__proto__|prototype|constructor)$)[\w.-]{1,80}$/,
    'The name after the dot has letters, digits, dots and hyphens, at most 80.',
  ),
);
const texts = v.record(textName, shortText);

/** Some providers have registered `http://localhost` and nothing else. */
export const redirectHosts = ['localhost'] as const;

const portRule = 'A port is a whole number from 1 to 65535.';

/** What a user set on a connection that differs from the provider's profile. Absent = the profile's value. */
const overridesSchema = v.object({
  issuer: v.optional(shortText),
  authorizationEndpoint: v.optional(shortText),
  tokenEndpoint: v.optional(shortText),
  revocationEndpoint: v.optional(shortText),
  jwksUri: v.optional(shortText),
  apiBase: v.optional(shortText),
  tokenEncoding: v.optional(v.picklist(tokenEncodings)),
  /** Where the redirect URI names the host and not the address; absent = 127.0.0.1, or [::1]. */
  redirectHost: v.optional(v.picklist(redirectHosts)),
  paths: v.optional(texts, {}),
  authorizationParams: v.optional(texts, {}),
  apiHeaders: v.optional(texts, {}),
  switches: v.optional(texts, {}),
});
export type Overrides = v.InferOutput<typeof overridesSchema>;

/** One configured sign-in. Holds no secret: credentials and session live in the vault under the connection's id. */
export const connectionSchema = v.object({
  id: v.pipe(v.string(), v.uuid()),
  name,
  provider: v.picklist(providerIds),
  environment: v.picklist(environmentIds),
  grant: v.picklist(grants),
  clientId: v.pipe(shortText, v.nonEmpty('The client id is missing.')),
  clientAuth: v.picklist(clientAuths),
  /** Sign-in name for the password grant, else null. */
  username: v.nullable(shortText),
  /** Space-separated (RFC 6749 3.3); null = no scope parameter. */
  scope: v.nullable(shortText),
  redirect: v.object({
    /** Ports to try in this order; empty = any free port. */
    ports: v.pipe(
      v.array(
        v.pipe(v.number(portRule), v.integer(portRule), v.minValue(1, portRule), v.maxValue(65535, portRule)),
      ),
      v.maxLength(20, 'At most 20 ports are tried.'),
    ),
    path: v.pipe(
      v.string(),
      v.regex(/^\/[\w\-./~]{0,200}$/, 'The redirect path starts with / and is a plain path.'),
    ),
  }),
  overrides: overridesSchema,
  /** Added by the console for its own sandbox, whose addresses it follows. */
  ownSandbox: v.optional(v.literal(true)),
  /** ISO 8601. */
  createdAt: v.string(),
});
export type Connection = v.InferOutput<typeof connectionSchema>;
