import type { JsonObject } from './decode.ts';
import type { KnownMember } from './registered-claims.ts';

/** Whose token it is, as far as its shape tells. It decides wording only, never the verdict. */
export type VendorShape = 'salto-ks' | 'salto-nebula' | 'konexus' | null;

/**
 * @param provider the provider of the connection it belongs to, where one is known
 * Shapes: Salto KS KS-M2 (measured access token), Konexus KON-DOC (published sample), Nebula NEB-SDK (issuer's host).
 */
export function vendorOf(claims: JsonObject, provider: string | null): VendorShape {
  if (provider === 'salto-ks' || provider === 'salto-nebula' || provider === 'konexus') return provider;
  if (provider !== null && provider !== 'oidc' && provider !== 'oauth2') return null;
  const host = typeof claims['iss'] === 'string' ? (URL.parse(claims['iss'])?.hostname ?? '') : '';
  if (host.endsWith('.my-clay.com') || host.endsWith('.saltoks.com') || claims['aud'] === 'user_api')
    return 'salto-ks';
  if (host.endsWith('.alertsense.com') || host.endsWith('.alertsense.io') || 'globalTenantId' in claims)
    return 'konexus';
  return host === 'account.saltosystems.com' ? 'salto-nebula' : null;
}

type Row = readonly [label: string, meaning: string, is?: KnownMember['is']];

/** KS-M2. What the vendor does not document is said to be so. */
const saltoKs: Readonly<Record<string, Row>> = {
  product_id: ['Product', 'Which Salto product the client belongs to (seen, not documented).'],
  tenant_id: ['Tenant', 'The tenant at Salto’s identity server; not a site (seen, not documented).'],
  identity_id: ['Identity', 'The identity at Salto’s identity server (seen, not documented).', 'personal'],
  skip_email: ['Skip e-mail', 'A switch of Salto’s identity server (seen, not documented).'],
};

/** KON-DOC: the published sample token. */
const konexus: Readonly<Record<string, Row>> = {
  admin: ['Administrator', 'Whether the integration acts as an administrator; a text, "true" or "false".'],
  globalTenantId: ['Global tenant', 'The tenant across all Konexus platforms.'],
  tenantId: ['Tenant', 'The one tenant that this token is for; it stands in the paths of the API.'],
  name: ['Integration', 'Display name of the integration.'],
};

/** Names that widespread servers use, none of them registered. */
const widespread: Readonly<Record<string, Row>> = {
  idp: ['Identity provider', 'Where the person signed in: "local" is the server itself.'],
  client_name: ['Client name', 'Name of the application that asked for the token.'],
  tenant: ['Tenant', 'The customer at the issuer.'],
  tid: ['Tenant', 'The customer at the issuer (Microsoft).'],
  oid: ['Object id', 'The person’s number in the directory (Microsoft).', 'personal'],
  upn: ['User name', 'The person’s sign-in name (Microsoft).', 'personal'],
  unique_name: ['User name', 'The person’s sign-in name (Microsoft).', 'personal'],
  appid: ['Application', 'The application that asked for the token (Microsoft).'],
  scp: ['Scope', 'What the token allows its holder to do, under a short name.'],
  ver: ['Version', 'Version of the token’s form (Microsoft).'],
  ext: ['Extra claims', 'Claims that the application added (Ory).'],
  realm_access: ['Realm roles', 'Roles in the realm (Keycloak).'],
  resource_access: ['Client roles', 'Roles for single clients (Keycloak).'],
  session_state: ['Session', 'The session at the issuer.'],
  gty: ['Grant', 'By which grant the token was got (Auth0).'],
  permissions: ['Permissions', 'Single rights (Auth0).'],
  token_use: ['Use of token', 'Whether it is an access or an ID token (Cognito).'],
  username: ['User name', 'The person’s sign-in name.', 'personal'],
  user_id: ['User id', 'The person’s number.', 'personal'],
  token_type: ['Token type', 'How the token is used.'],
  active: ['Active', 'Whether the server still honours it (RFC 7662 2.2).'],
};

/** What a vendor or a widespread server means by a name that no registry knows; null where nobody told. */
export function vendorMember(name: string, vendor: VendorShape): KnownMember | null {
  if (vendor === 'salto-ks') {
    if (/^profile_id_[\w-]+$/.test(name)) {
      return {
        label: 'Profile',
        meaning:
          'The person’s profile at one product; the product’s id is in the name (seen, not documented).',
        source: 'Salto KS',
        is: 'personal',
      };
    }
    if (Object.hasOwn(saltoKs, name)) return from(saltoKs[name], 'Salto KS');
  }
  if (vendor === 'konexus' && Object.hasOwn(konexus, name)) return from(konexus[name], 'Konexus');
  return Object.hasOwn(widespread, name) ? from(widespread[name], 'in wide use') : null;
}

function from(row: Row | undefined, source: string): KnownMember | null {
  if (row === undefined) return null;
  const [label, meaning, is] = row;
  return { label, meaning, source, ...(is && { is }) };
}

/** Ids that look alike and are not: what people stumble over, said at the claim itself. */
export function idNote(name: string, claims: JsonObject, vendor: VendorShape): string | null {
  if (name === 'sub' && vendor === 'salto-ks') {
    return 'This is the id at Salto’s identity server. It is not the KS user id (which /me names), nor the id of the person in a site: each list has its own.';
  }
  if (name === 'sub' && vendor === 'konexus') {
    return 'The user that the integration is associated with; not the tenant, and not a contact’s id.';
  }
  if (name === 'tenantId' && vendor === 'konexus') {
    return 'Use this one in the API’s paths, not "globalTenantId".';
  }
  if (name === 'sub' && vendor === 'salto-nebula') {
    return 'Not the last part of installations/…/users/…: a person has another id in each installation.';
  }
  if (name === 'sub' && typeof claims['client_id'] === 'string' && claims['sub'] === claims['client_id']) {
    return 'The same as "client_id": the token stands for the application itself, and for no person (RFC 9068 2.2).';
  }
  if (name === 'oid') return 'This is the id in the directory; "sub" differs for each application.';
  return null;
}
