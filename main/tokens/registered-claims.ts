/** A claim or header parameter in plain words. */
export interface KnownMember {
  readonly label: string;
  readonly meaning: string;
  /** Where it is defined. */
  readonly source: string;
  /** `time`: seconds since the epoch. `span`: seconds. `personal`: says who somebody is. `link`: an address. */
  readonly is?: 'time' | 'span' | 'personal' | 'link';
}

type Row = readonly [label: string, meaning: string, source: string, is?: KnownMember['is']];

/**
 * The claims of the IANA registry "JSON Web Token Claims" (RFC 7519 10.1) with those of OpenID Connect and of RFC 9068
 * among them. Meanings are ours, for people; the source says what binds.
 */
const claims: Readonly<Record<string, Row>> = {
  iss: [
    'Issuer',
    'The server that made this token. Its keys decide whether the signature is right.',
    'RFC 7519 4.1.1',
    'link',
  ],
  sub: [
    'Subject',
    'Whom the token is about, as the issuer numbers people and programs.',
    'RFC 7519 4.1.2',
    'personal',
  ],
  aud: ['Audience', 'The services it is made for; every other one must refuse it.', 'RFC 7519 4.1.3'],
  exp: ['Expires', 'From this moment on it counts for nothing.', 'RFC 7519 4.1.4', 'time'],
  nbf: ['Not before', 'Until this moment it does not count yet.', 'RFC 7519 4.1.5', 'time'],
  iat: ['Issued', 'When it was made.', 'RFC 7519 4.1.6', 'time'],
  jti: ['Token id', 'One number for one token; lets a server notice a second use.', 'RFC 7519 4.1.7'],

  name: ['Name', 'The full name, as it is shown.', 'OpenID Connect Core 5.1', 'personal'],
  given_name: ['Given name', 'First name or names.', 'OpenID Connect Core 5.1', 'personal'],
  family_name: ['Family name', 'Last name or names.', 'OpenID Connect Core 5.1', 'personal'],
  middle_name: ['Middle name', 'Middle name or names.', 'OpenID Connect Core 5.1', 'personal'],
  nickname: ['Nickname', 'The casual name.', 'OpenID Connect Core 5.1', 'personal'],
  preferred_username: [
    'Preferred user name',
    'What the person likes to be called; it may change and is no id.',
    'OpenID Connect Core 5.1',
    'personal',
  ],
  profile: ['Profile page', 'Address of a page about the person.', 'OpenID Connect Core 5.1', 'personal'],
  picture: ['Picture', 'Address of a picture of the person.', 'OpenID Connect Core 5.1', 'personal'],
  website: ['Website', 'Address of a page of the person.', 'OpenID Connect Core 5.1', 'personal'],
  email: [
    'E-mail',
    'E-mail address; it may change hands, so it is no id.',
    'OpenID Connect Core 5.1',
    'personal',
  ],
  email_verified: [
    'E-mail verified',
    'Whether the issuer made sure that the address is theirs.',
    'OpenID Connect Core 5.1',
  ],
  gender: ['Gender', 'Gender, as the person gave it.', 'OpenID Connect Core 5.1', 'personal'],
  birthdate: [
    'Date of birth',
    'Date of birth; the year 0000 means that it is not told.',
    'OpenID Connect Core 5.1',
    'personal',
  ],
  zoneinfo: ['Time zone', 'The person’s time zone.', 'OpenID Connect Core 5.1'],
  locale: ['Language', 'The person’s language and region.', 'OpenID Connect Core 5.1'],
  phone_number: ['Phone number', 'Phone number.', 'OpenID Connect Core 5.1', 'personal'],
  phone_number_verified: [
    'Phone number verified',
    'Whether the issuer made sure that the number is theirs.',
    'OpenID Connect Core 5.1',
  ],
  address: ['Address', 'Postal address.', 'OpenID Connect Core 5.1.1', 'personal'],
  updated_at: ['Updated', 'When the person’s data was changed last.', 'OpenID Connect Core 5.1', 'time'],
  azp: ['Authorized party', 'The client that this ID token was issued to.', 'OpenID Connect Core 2'],
  nonce: [
    'Nonce',
    'A number the client sent at sign-in; it ties the ID token to that sign-in.',
    'OpenID Connect Core 2',
  ],
  auth_time: ['Signed in at', 'When the person proved who they are.', 'OpenID Connect Core 2', 'time'],
  at_hash: [
    'Access token hash',
    'Half a hash of the access token that came with it.',
    'OpenID Connect Core 3.1.3.6',
  ],
  c_hash: [
    'Code hash',
    'Half a hash of the authorization code that came with it.',
    'OpenID Connect Core 3.3.2.11',
  ],
  s_hash: ['State hash', 'Half a hash of the state of the request.', 'FAPI 1.0 part 2, 5.1'],
  acr: [
    'Strength of sign-in',
    'Which level of assurance the sign-in met, in the issuer’s words.',
    'OpenID Connect Core 2',
  ],
  amr: [
    'Ways of sign-in',
    'How the person signed in: pwd is a password, otp a one-time code, mfa more than one.',
    'OpenID Connect Core 2, RFC 8176',
  ],
  sub_jwk: ['Subject’s key', 'The public key of a self-issued identity.', 'OpenID Connect Core 7.4'],
  sid: [
    'Session id',
    'The person’s session at the issuer; used to sign out everywhere.',
    'OpenID Connect Front-Channel Logout 3',
  ],
  _claim_names: ['Claims elsewhere', 'Which claims another server answers for.', 'OpenID Connect Core 5.6.2'],
  _claim_sources: ['Sources of claims', 'Where those servers are.', 'OpenID Connect Core 5.6.2'],

  scope: ['Scope', 'What the token allows its holder to do.', 'RFC 8693 4.2, RFC 9068 2.2.3'],
  client_id: ['Client', 'The application that asked for the token.', 'RFC 8693 4.3, RFC 9068 2.2'],
  roles: ['Roles', 'Roles of the subject at the issuer.', 'RFC 9068 2.2.3.1, RFC 7643 4.1.2'],
  groups: ['Groups', 'Groups the subject belongs to.', 'RFC 9068 2.2.3.1, RFC 7643 4.1.2'],
  entitlements: ['Entitlements', 'Single rights of the subject.', 'RFC 9068 2.2.3.1, RFC 7643 4.1.2'],
  act: ['Acting party', 'Who acts for the subject; nested, whoever acted before.', 'RFC 8693 4.1'],
  may_act: ['May act', 'Who is allowed to act for the subject.', 'RFC 8693 4.4'],
  cnf: ['Bound to a key', 'Only who can prove to hold this key may use the token.', 'RFC 7800 3.1'],
  authorization_details: [
    'Authorization details',
    'What exactly was allowed, in more words than a scope has.',
    'RFC 9396',
  ],
  token_introspection: ['Introspection answer', 'What the server said of a token.', 'RFC 9701 5'],
  htm: ['HTTP method', 'The request that a DPoP proof was made for.', 'RFC 9449 4.2'],
  htu: ['HTTP address', 'The address that a DPoP proof was made for.', 'RFC 9449 4.2', 'link'],
  ath: ['Access token hash', 'Hash of the access token that a DPoP proof goes with.', 'RFC 9449 4.2'],

  events: ['Events', 'What happened; a logout token has its event here.', 'RFC 8417 2.2'],
  toe: ['Time of event', 'When it happened.', 'RFC 8417 2.2', 'time'],
  txn: ['Transaction', 'Number of the transaction that this belongs to.', 'RFC 8417 2.2'],
  sub_id: ['Subject id', 'Whom it is about, with the kind of id named.', 'RFC 9493 4.1', 'personal'],
  vot: ['Vector of trust', 'How far the sign-in can be trusted, by parts.', 'RFC 8485 3.1'],
  vtm: ['Vector of trust, meaning', 'Where the parts of the vector are defined.', 'RFC 8485 3.1', 'link'],

  status: ['Status', 'Where it can be looked up whether this token was revoked.', 'OAuth Status List'],
  status_list: ['Status list', 'The list of revoked tokens itself.', 'OAuth Status List'],
  ttl: ['Time to live', 'How long the list may be kept, in seconds.', 'OAuth Status List', 'span'],
  vct: ['Credential type', 'What kind of credential this is.', 'SD-JWT VC'],
  _sd: ['Hidden claims', 'Hashes of claims that the holder may disclose or keep.', 'RFC 9901 4.2.4.1'],
  _sd_alg: ['Hash of hidden claims', 'The hash used for them.', 'RFC 9901 4.1.1'],
  sd_hash: ['Hash of the presentation', 'Ties a key binding to what is presented.', 'RFC 9901 4.3'],
  '...': ['Hidden item', 'Hash of an item that the holder may disclose or keep.', 'RFC 9901 4.2.4.2'],
  vc: ['Credential', 'A verifiable credential.', 'W3C Verifiable Credentials'],
  vp: ['Presentation', 'A verifiable presentation.', 'W3C Verifiable Credentials'],

  verified_claims: [
    'Verified claims',
    'Claims with the evidence that they were checked.',
    'OpenID Identity Assurance',
  ],
  place_of_birth: ['Place of birth', 'Place of birth.', 'OpenID Identity Assurance', 'personal'],
  nationalities: ['Nationalities', 'Nationalities.', 'OpenID Identity Assurance', 'personal'],
  birth_family_name: [
    'Family name at birth',
    'Family name at birth.',
    'OpenID Identity Assurance',
    'personal',
  ],
  birth_given_name: ['Given name at birth', 'Given name at birth.', 'OpenID Identity Assurance', 'personal'],
  birth_middle_name: [
    'Middle name at birth',
    'Middle name at birth.',
    'OpenID Identity Assurance',
    'personal',
  ],
  salutation: ['Salutation', 'Salutation.', 'OpenID Identity Assurance', 'personal'],
  title: ['Title', 'Title.', 'OpenID Identity Assurance', 'personal'],
  msisdn: ['Mobile number', 'Mobile number in international form.', 'OpenID Identity Assurance', 'personal'],
  also_known_as: ['Also known as', 'Stage name or other alias.', 'OpenID Identity Assurance', 'personal'],

  jwks: ['Keys', 'Public keys of the subject.', 'OpenID Federation'],
  keys: ['Keys', 'Public keys.', 'OpenID Federation'],
  metadata: ['Metadata', 'What the subject says of itself.', 'OpenID Federation'],
  metadata_policy: ['Metadata policy', 'What the metadata below may say.', 'OpenID Federation'],
  metadata_policy_crit: ['Critical policies', 'Policies that must be understood.', 'OpenID Federation'],
  constraints: ['Constraints', 'Limits for those below in the chain.', 'OpenID Federation'],
  crit: ['Critical claims', 'Claims that must be understood.', 'OpenID Federation'],
  authority_hints: ['Superiors', 'Who vouches for the subject.', 'OpenID Federation'],
  trust_anchor: ['Trust anchor', 'Where the chain of trust ends.', 'OpenID Federation'],
  trust_anchor_hints: ['Trust anchors', 'Where chains of trust may end.', 'OpenID Federation'],
  trust_chain: ['Chain of trust', 'The statements from the subject to the anchor.', 'OpenID Federation'],
  trust_mark_type: ['Kind of trust mark', 'What the mark stands for.', 'OpenID Federation'],
  trust_marks: ['Trust marks', 'Marks that others gave the subject.', 'OpenID Federation'],
  trust_mark_issuers: ['Givers of trust marks', 'Who may give which mark.', 'OpenID Federation'],
  trust_mark_owners: ['Owners of trust marks', 'Who owns which mark.', 'OpenID Federation'],
  source_endpoint: ['Fetched from', 'Where this statement was fetched.', 'OpenID Federation', 'link'],
  delegation: ['Delegation', 'Who may give a mark for its owner.', 'OpenID Federation'],
  ref: ['About the mark', 'Page about a trust mark.', 'OpenID Federation', 'link'],
  logo_uri: ['Logo', 'Address of a logo.', 'OpenID Federation', 'link'],

  ace_profile: ['ACE profile', 'Which profile of ACE the token is used with.', 'RFC 9200 5.8.4'],
  cnonce: ['Client nonce', 'A number of the service, to see that the token is fresh.', 'RFC 9200 5.10'],
  exi: ['Expires in', 'Seconds it lives from when the service first sees it.', 'RFC 9200 5.10.3', 'span'],
  at_use_nbr: ['Uses', 'For how many requests the token is good.', 'ETSI GS NFV-SEC 022'],
  rdap_allowed_purposes: ['Allowed purposes', 'For what registration data may be asked.', 'RFC 9560 3.1.5.1'],
  rdap_dnt_allowed: ['Do not track', 'Whether the asker may ask not to be recorded.', 'RFC 9560 3.1.5.2'],

  eat_nonce: ['Attestation nonce', 'Shows that the attestation is fresh.', 'RFC 9711 4.1'],
  ueid: ['Device id', 'Number of the device.', 'RFC 9711 4.2.1'],
  sueids: ['Device ids', 'Numbers of the device that may change.', 'RFC 9711 4.2.2'],
  oemid: ['Maker', 'Who made the device.', 'RFC 9711 4.2.3'],
  hwmodel: ['Model', 'Model of the device.', 'RFC 9711 4.2.4'],
  hwversion: ['Hardware version', 'Version of the device.', 'RFC 9711 4.2.5'],
  swname: ['Software', 'Name of the software.', 'RFC 9711 4.2.6'],
  swversion: ['Software version', 'Version of the software.', 'RFC 9711 4.2.7'],
  oemboot: ['Booted as made', 'Whether only the maker’s software was started.', 'RFC 9711 4.2.8'],
  dbgstat: ['Debugging', 'Whether debugging is possible.', 'RFC 9711 4.2.9'],
  location: ['Location', 'Where the device is.', 'RFC 9711 4.2.10', 'personal'],
  uptime: ['Up since', 'Seconds since the device was started.', 'RFC 9711 4.2.11', 'span'],
  bootcount: ['Starts', 'How often the device was started.', 'RFC 9711 4.2.12'],
  bootseed: ['Start number', 'Number of this start.', 'RFC 9711 4.2.13'],
  dloas: ['Approvals', 'Certificates of the device.', 'RFC 9711 4.2.14'],
  manifests: ['Manifests', 'What software is installed.', 'RFC 9711 4.2.15'],
  measurements: ['Measurements', 'What was measured of the software.', 'RFC 9711 4.2.16'],
  measres: ['Results', 'How the measurements compare.', 'RFC 9711 4.2.17'],
  submods: ['Parts', 'Claims about parts of the device.', 'RFC 9711 4.2.18'],
  eat_profile: ['Attestation profile', 'The rules this attestation follows.', 'RFC 9711 4.3.2'],
  intuse: ['Intended use', 'What the attestation is for.', 'RFC 9711 4.3.3'],
  geohash: ['Place', 'Place as a geohash.', 'CTA-5009', 'personal'],
  cmw: ['Attestation', 'Wrapped attestation messages.', 'IANA JWT claims'],

  sip_from_tag: ['SIP From tag', 'From a SIP message.', 'RFC 8055'],
  sip_date: ['SIP date', 'From a SIP message.', 'RFC 8055', 'time'],
  sip_callid: ['SIP call id', 'From a SIP message.', 'RFC 8055'],
  sip_cseq_num: ['SIP sequence', 'From a SIP message.', 'RFC 8055'],
  sip_via_branch: ['SIP Via branch', 'From a SIP message.', 'RFC 8055'],
  orig: ['Caller', 'Who calls.', 'RFC 8225 5.2.1', 'personal'],
  dest: ['Called', 'Who is called.', 'RFC 8225 5.2.1', 'personal'],
  mky: ['Media keys', 'Fingerprints of the media keys.', 'RFC 8225 5.2.2'],
  rph: ['Priority', 'Which priority the call may claim.', 'RFC 8443'],
  attest: ['Attestation', 'How sure the telephone company is of the caller.', 'RFC 8588'],
  origid: ['Origin', 'Where the call came from.', 'RFC 8588'],
  jcard: ['Contact card', 'Contact data.', 'RFC 8688', 'personal'],
  div: ['Diverted', 'Where the call was sent before.', 'RFC 8946', 'personal'],
  opt: ['Original', 'The token before the call was diverted.', 'RFC 8946'],
  sph: ['SIP priority', 'Priority in a SIP message.', 'RFC 9027'],
  msgi: ['Message integrity', 'Hash of a message.', 'RFC 9475'],
  rcd: ['Rich call data', 'Name and picture of the caller.', 'RFC 9795', 'personal'],
  rcdi: ['Integrity of call data', 'Hash of the rich call data.', 'RFC 9795'],
  crn: ['Call reason', 'Why the call is made.', 'RFC 9795'],
  stpl: ['STI-PA list', 'Authorities trusted for telephone identities.', 'IANA JWT claims'],
  atc: ['Authority token', 'What the holder may get certificates for.', 'RFC 9447'],
  sig_val_claims: ['Signature validation', 'Result of checking a signature.', 'RFC 9321 3.2.3'],

  cdniv: ['CDNI version', 'Version of these claims.', 'RFC 9246 2.1.8'],
  cdnicrit: ['CDNI critical', 'Claims that must be understood.', 'RFC 9246 2.1.9'],
  cdniip: ['CDNI address', 'The address that may fetch.', 'RFC 9246 2.1.10', 'personal'],
  cdniuc: ['CDNI container', 'What may be fetched.', 'RFC 9246 2.1.11'],
  cdniets: ['CDNI renewal', 'Life of a renewed token, in seconds.', 'RFC 9246 2.1.12', 'span'],
  cdnistt: ['CDNI transport', 'How renewed tokens travel.', 'RFC 9246 2.1.13'],
  cdnistd: ['CDNI depth', 'For how many path segments a renewed token is good.', 'RFC 9246 2.1.14'],

  consumerPlmnId: ['Consumer network', 'Network of the caller.', '3GPP TS 29.510'],
  consumerSnpnId: ['Consumer private network', 'Private network of the caller.', '3GPP TS 29.510'],
  producerPlmnId: ['Producer network', 'Network of the service.', '3GPP TS 29.510'],
  producerSnpnId: ['Producer private network', 'Private network of the service.', '3GPP TS 29.510'],
  producerSnssaiList: ['Producer slices', 'Slices of the service.', '3GPP TS 29.510'],
  producerNsiList: ['Producer slice instances', 'Slice instances of the service.', '3GPP TS 29.510'],
  producerNfSetId: ['Producer set', 'Set of the service.', '3GPP TS 29.510'],
  producerNfServiceSetId: ['Producer service set', 'Service set of the service.', '3GPP TS 29.510'],
  sourceNfInstanceId: ['Source', 'Where the data comes from.', '3GPP TS 29.510'],
  analyticsIdList: ['Analytics', 'Which analytics may be had.', '3GPP TS 29.510'],
  resOwnerId: ['Owner', 'Who owns the resource.', '3GPP TS 29.222', 'personal'],
};

/** The header parameters of the IANA registry "JSON Web Signature and Encryption Header Parameters" (RFC 7515 9.1). */
const headers: Readonly<Record<string, Row>> = {
  alg: [
    'Algorithm',
    'How it was signed, or how its key was encrypted. The token says so itself: the key decides whether that is right.',
    'RFC 7515 4.1.1',
  ],
  jku: [
    'Key address',
    'Where the token says its keys are. Never followed: a forger would name an address too.',
    'RFC 7515 4.1.2',
    'link',
  ],
  jwk: ['Key', 'A key that the token brings. Never used: a forger would bring one too.', 'RFC 7515 4.1.3'],
  kid: ['Key id', 'Which of the issuer’s keys signed it.', 'RFC 7515 4.1.4'],
  x5u: [
    'Certificate address',
    'Where the token says its certificate is. Never followed.',
    'RFC 7515 4.1.5',
    'link',
  ],
  x5c: ['Certificates', 'Certificates that the token brings. Never used.', 'RFC 7515 4.1.6'],
  x5t: ['Certificate fingerprint', 'SHA-1 of the certificate whose key signed it.', 'RFC 7515 4.1.7'],
  'x5t#S256': [
    'Certificate fingerprint',
    'SHA-256 of the certificate whose key signed it.',
    'RFC 7515 4.1.8',
  ],
  typ: [
    'Type',
    'What the whole is: at+jwt an access token, JWT any, logout+jwt a logout token, dpop+jwt a proof.',
    'RFC 7515 4.1.9, RFC 9068 2.1',
  ],
  cty: ['Content type', 'What the payload is: JWT for a token inside a token.', 'RFC 7515 4.1.10'],
  crit: ['Critical', 'Extensions that must be understood, or the token is to be refused.', 'RFC 7515 4.1.11'],
  b64: ['Payload encoded', 'Whether the payload is base64url; no JWT may say no.', 'RFC 7797 3'],
  enc: ['Content encryption', 'How the content was encrypted.', 'RFC 7516 4.1.2'],
  zip: ['Compression', 'The content was compressed before it was encrypted.', 'RFC 7516 4.1.3'],
  epk: ['Ephemeral key', 'The sender’s key for this token alone.', 'RFC 7518 4.6.1.1'],
  apu: ['Party U', 'About the sender.', 'RFC 7518 4.6.1.2'],
  apv: ['Party V', 'About the receiver.', 'RFC 7518 4.6.1.3'],
  iv: ['Initialization vector', 'Of the encrypted key.', 'RFC 7518 4.7.1.1'],
  tag: ['Authentication tag', 'Of the encrypted key.', 'RFC 7518 4.7.1.2'],
  p2s: ['Salt', 'Salt of the password.', 'RFC 7518 4.8.1.1'],
  p2c: ['Rounds', 'How often the password was hashed.', 'RFC 7518 4.8.1.2'],
  iss: ['Issuer', 'The issuer, readable although the content is encrypted.', 'RFC 7519 5.3', 'link'],
  sub: ['Subject', 'The subject, readable although the content is encrypted.', 'RFC 7519 5.3', 'personal'],
  aud: ['Audience', 'The audience, readable although the content is encrypted.', 'RFC 7519 5.3'],
  ppt: ['PASSporT extension', 'Which extension of a telephone identity it uses.', 'RFC 8225 8.1'],
  url: ['Address', 'The address that the request goes to (ACME).', 'RFC 8555 6.4', 'link'],
  nonce: ['Nonce', 'A number of the server, against a second use (ACME).', 'RFC 8555 6.5.2'],
  svt: ['Signature validation', 'Proof that the signature was checked.', 'RFC 9321 4'],
  trust_chain: ['Chain of trust', 'Statements about the issuer.', 'OpenID Federation'],
  iheSSId: ['IHE signature', 'From a health document.', 'IHE ITI'],
  client_id: ['Client', 'The client that a request object is from.', 'RFC 9101'],
};

/** A registered claim; null for a name that no registry knows. */
export function registeredClaim(name: string): KnownMember | null {
  return Object.hasOwn(claims, name) ? member(claims[name]) : null;
}

/** A registered header parameter; null for a name that no registry knows. */
export function registeredHeader(name: string): KnownMember | null {
  return Object.hasOwn(headers, name) ? member(headers[name]) : null;
}

function member(row: Row | undefined): KnownMember | null {
  if (row === undefined) return null;
  const [label, meaning, source, is] = row;
  return { label, meaning, source, ...(is && { is }) };
}
