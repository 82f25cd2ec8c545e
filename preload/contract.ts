import * as v from 'valibot';
import { type ErrorCode, type Result, exitCodes, failureFields } from './errors.ts';

/**
 * The whole bridge between the core and the screen: every method with the schema of its input and output, every event
 * with the schema of its payload. Both doors' transports carry these messages and nothing else, and validate them on
 * both sides at run time. Times are milliseconds since the epoch unless a name says otherwise.
 *
 * No secret ever goes to the screen but by `sessions.reveal`; secrets go the other way in `connections.add`,
 * `connections.change`, `connections.test`, `sessions.signIn`, `preferences.change`, `systemUser.connect`, `vault.use`,
 * `vault.unlock`, and as pasted tokens and shared secrets in `tokens.*` only.
 */

const id = v.pipe(v.string(), v.nonEmpty(), v.maxLength(200));
const text = v.pipe(v.string(), v.maxLength(4000));
const secret = v.pipe(v.string(), v.maxLength(16_000));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const time = v.number();
const nothing = v.strictObject({});

const codes = Object.keys(exitCodes) as [ErrorCode, ...ErrorCode[]];
export const failureSchema = v.strictObject({
  code: v.picklist(codes),
  message: v.string(),
  hint: v.string(),
  field: v.optional(v.picklist(failureFields)),
});

/** Its shape alone: which providers there are, `providers.list` says, and the core looks at what comes from the screen. */
const providerId = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,39}$/));
const environmentId = v.picklist(['production', 'accept', 'sandbox', 'custom']);
const grant = v.picklist(['authorization_code', 'password', 'client_credentials', 'implicit']);
const clientAuth = v.picklist(['basic', 'basic-raw', 'post', 'none']);

/** Where secrets are kept, and whether that place is open. */
export const vaultInfo = v.strictObject({
  kind: v.picklist(['keychain', 'memory', 'file']),
  state: v.picklist(['open', 'locked', 'absent']),
  /** Why it is not open, for people; null where it is. */
  message: v.nullable(v.string()),
  reason: v.nullable(v.string()),
  /** Whether this profile has a passphrase-encrypted file, chosen or not. */
  file: v.boolean(),
});

/** Characters of a search; no name or address is as long. */
export const longestSearch = 200;
const search = v.optional(v.pipe(v.string(), v.maxLength(longestSearch)));
const minutes = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1440));

/** What the add-connection steps show of a provider. */
export const providerInfo = v.strictObject({
  id: providerId,
  label: v.string(),
  /** Two letters for its mark. */
  mark: v.string(),
  /** What a person must have at hand for a connection. */
  needs: v.string(),
  /** "site", "tenant", "location". */
  installationWord: v.string(),
  /** Whether it has installations and users to list. */
  lists: v.boolean(),
  /** Whether its services can be looked at by `systemUser.reach`. */
  reach: v.boolean(),
  /** Whom to ask for a client. */
  contact: v.string(),
  discovery: v.boolean(),
  environments: v.array(
    v.strictObject({
      id: environmentId,
      /** Preset addresses by name (issuer, tokenEndpoint, apiBase, ...); empty where all must be typed. */
      endpoints: v.record(v.string(), v.string()),
    }),
  ),
  grants: v.array(
    v.strictObject({
      grant,
      documented: v.boolean(),
      clientAuth,
      scope: v.nullable(v.string()),
      caution: v.nullable(v.string()),
    }),
  ),
});

/** The tokens that a session can have. */
const sessionToken = v.picklist(['access', 'id', 'refresh']);

/** A connection with where its session stands. */
export const connectionInfo = v.strictObject({
  id,
  name: v.string(),
  provider: providerId,
  environment: environmentId,
  grant,
  clientId: v.string(),
  clientAuth,
  username: v.nullable(v.string()),
  scope: v.nullable(v.string()),
  redirectPorts: v.array(count),
  redirectPath: v.string(),
  /** What differs from the provider's profile: `issuer`, `paths.users`, ... */
  overrides: v.record(v.string(), v.string()),
  /** True for connections to the sandbox: their data is invented and marked so everywhere. */
  sandbox: v.boolean(),
  /** Whether it leads to the console's own sandbox, which is started again where it has ended. */
  ownSandbox: v.optional(v.boolean()),
  session: v.strictObject({
    /** `unknown`: the vault is not open. */
    state: v.picklist(['signed_in', 'signed_out', 'sign_in_needed', 'unknown']),
    subject: v.nullable(v.string()),
    /** The person's name where the server said one: what to show; `subject` is what it is known by. */
    displayName: v.nullable(v.string()),
    expiresAt: v.nullable(time),
    refreshExpiresAt: v.nullable(time),
    /** What went wrong when it was renewed last, or why it is not signed in. */
    failure: v.nullable(failureSchema),
    /** When renewing is tried again without anybody asking; null = it is not, or nothing went wrong. */
    nextTryAt: v.nullable(time),
    /** When a person has to sign in again at the latest; null = nobody knows, or never. */
    signInBy: v.nullable(time),
    /** From when on that is worth a word. */
    warnFrom: v.nullable(time),
    /** Which tokens there are; empty where there is no session, or nobody can see it. */
    tokens: v.array(sessionToken),
  }),
});

/** What became of the tokens at the server. */
const revoked = v.picklist(['done', 'unsupported', 'failed', 'nothing_to_revoke']);

const connectionFields = {
  environment: v.optional(environmentId),
  grant: v.optional(grant),
  clientId: v.optional(text),
  clientAuth: v.optional(clientAuth),
  username: v.optional(text),
  scope: v.optional(text),
  redirectPorts: v.optional(v.pipe(v.array(count), v.maxLength(20))),
  redirectPath: v.optional(text),
  /** The keys of `latchkey connections add --set`, with issuer, endpoints and apiBase among them. */
  overrides: v.optional(v.record(v.pipe(v.string(), v.maxLength(100)), text)),
  clientSecret: v.optional(secret),
  password: v.optional(secret),
};
const newConnection = v.strictObject({ provider: providerId, name: text, ...connectionFields });

const userStatus = v.picklist(['active', 'pending', 'suspended', 'blocked', 'expired']);

export const installationRow = v.strictObject({
  connection: id,
  connectionName: v.string(),
  provider: providerId,
  id: v.string(),
  name: v.string(),
  /** In the vendor's word. */
  state: v.nullable(v.string()),
  /** Whether that state says that something is wrong there: blocked, deleted, not released. */
  unusual: v.boolean(),
  timeZone: v.nullable(v.string()),
  /** Seats in use by the vendor's own count: not always as many as its list of users has. */
  userCount: v.nullable(v.number()),
  sandbox: v.boolean(),
});

export const userRow = v.strictObject({
  connection: id,
  connectionName: v.string(),
  provider: providerId,
  installation: v.string(),
  installationName: v.string(),
  id: v.string(),
  displayName: v.string(),
  email: v.nullable(v.string()),
  roles: v.array(v.string()),
  status: userStatus,
  /** When the vendor says that this person's access ends; null where it says nothing. */
  expiresAt: v.nullable(time),
  sandbox: v.boolean(),
});

/** How much of one list is here, how old it is, and what went wrong with it. */
export const listState = v.strictObject({
  kind: v.picklist(['installations', 'users']),
  connection: id,
  connectionName: v.string(),
  /** Null for a list of installations. */
  installation: v.nullable(v.strictObject({ id: v.string(), name: v.string() })),
  rows: count,
  complete: v.boolean(),
  loading: v.boolean(),
  /** How many of a refresh have come so far; the rows of before are shown until all have. Null without a refresh. */
  arriving: v.nullable(count),
  total: v.nullable(v.number()),
  fetchedAt: v.nullable(time),
  /** Why the last reading did not complete; null after one that did. */
  failure: v.nullable(failureSchema),
  /** Whether reading it again goes on where it was cut, instead of starting over. */
  resumable: v.boolean(),
  /** The provider's own filter that was read with; the rows are no more than what it found. Null: the whole list. */
  filter: v.nullable(v.string()),
});

/** Short of the 1 MiB that one message may have. */
const pastedText = v.pipe(v.string(), v.maxLength(1_000_000));

/** A token to look at: pasted, or a session's own, which stays in the core. */
const tokenSource = v.variant('from', [
  v.strictObject({ from: v.literal('text'), text: pastedText }),
  v.strictObject({ from: v.literal('session'), connection: id, token: sessionToken }),
]);

/** What to check tokens with; where nothing is said, the kept keys of the issuer that a token names. */
const checkWith = {
  /** A pasted token as if it were this connection's: its keys, issuer and audience. */
  connection: v.optional(id),
  keys: v.optional(
    v.variant('kind', [
      /** A key set, a key, PEM or certificates; `name` for people. */
      v.strictObject({
        kind: v.literal('document'),
        text: v.pipe(v.string(), v.maxLength(262_144)),
        name: text,
      }),
      v.strictObject({
        kind: v.literal('secret'),
        secret,
        encoding: v.picklist(['text', 'base64', 'base64url', 'hex']),
      }),
    ]),
  ),
  audience: v.optional(text),
  issuer: v.optional(text),
};

/** A header parameter or claim with what it means. */
export const explainedMember = v.strictObject({
  part: v.picklist(['header', 'payload']),
  name: v.string(),
  label: v.nullable(v.string()),
  meaning: v.nullable(v.string()),
  /** Where that is defined. */
  source: v.nullable(v.string()),
  value: v.string(),
  note: v.nullable(v.string()),
  /** Where the value is a time. */
  time: v.nullable(time),
  /** Dots until somebody asks. */
  secret: v.boolean(),
  personal: v.boolean(),
});

/** All that is said of a token; the token itself never comes back. */
export const inspectedToken = v.strictObject({
  /** What it stood under: `access_token`, `Authorization`; null for a token alone. */
  label: v.nullable(v.string()),
  characters: count,
  kind: v.picklist(['jwt', 'jwe', 'opaque', 'malformed']),
  verdict: v.strictObject({
    code: v.picklist([
      ...(['valid', 'expired', 'not_yet_valid', 'signature_wrong', 'key_unknown', 'keys_stale'] as const),
      ...(['no_keys', 'algorithm_none', 'algorithm_confusion', 'wrong_algorithm'] as const),
      ...(['critical_header_unsupported', 'wrong_audience', 'wrong_issuer', 'wrong_type'] as const),
      ...(['malformed', 'encrypted', 'opaque'] as const),
    ]),
    message: v.string(),
  }),
  /** The colour of the verdict; `unproven` says that nobody vouches for it. */
  standing: v.picklist(['good', 'ended', 'unproven', 'bad']),
  signature: v.strictObject({
    status: v.picklist(['verified', 'wrong', 'unchecked', 'absent']),
    kid: v.nullable(v.string()),
    keyAgeSeconds: v.nullable(v.number()),
  }),
  times: v.strictObject({
    issuedAt: v.nullable(time),
    notBefore: v.nullable(time),
    expiresAt: v.nullable(time),
    refreshExpiresAt: v.nullable(time),
    /** The moment of the verdict on the server's clock. */
    now: time,
    skewSeconds: v.number(),
    toleranceSeconds: v.number(),
  }),
  /** Where a malformed token breaks. */
  breaks: v.nullable(
    v.strictObject({
      part: v.picklist(['header', 'payload', 'signature', 'token']),
      at: v.nullable(v.number()),
      near: v.nullable(v.strictObject({ before: v.string(), after: v.string() })),
    }),
  ),
  members: v.array(explainedMember),
  /** What an opaque token might be. */
  guesses: v.array(v.string()),
  warnings: v.array(v.string()),
  /** Header and payload as indented JSON; null where there is none. */
  raw: v.strictObject({ header: v.nullable(v.string()), payload: v.nullable(v.string()) }),
  /** For a support ticket. */
  redacted: v.string(),
});

const comparedMember = v.strictObject({
  part: v.picklist(['header', 'payload']),
  name: v.string(),
  label: v.nullable(v.string()),
  meaning: v.nullable(v.string()),
  before: v.nullable(v.string()),
  after: v.nullable(v.string()),
  change: v.picklist(['same', 'changed', 'added', 'removed']),
  note: v.nullable(v.string()),
  secret: v.boolean(),
});
const comparison = v.strictObject({
  sentence: v.string(),
  before: inspectedToken,
  after: inspectedToken,
  rows: v.array(comparedMember),
});

/** Kept public keys of one issuer, newest generation first. */
const issuerKeys = v.strictObject({
  issuer: v.nullable(v.string()),
  address: v.string(),
  connections: v.array(id),
  generations: v.array(
    v.strictObject({
      fetchedAt: v.nullable(time),
      keys: v.array(
        v.strictObject({ kid: v.nullable(v.string()), type: v.string(), algorithm: v.nullable(v.string()) }),
      ),
    }),
  ),
});

/** How the system user stands at one site; the words that go with each come from the core. */
export const systemUserStates = [
  'right_role',
  'other_role',
  'unsettled',
  'invited',
  'absent',
  'full',
  'suspended',
  'blocked',
  'expired',
  'other_name',
  'not_allowed',
  'not_manageable',
  'unread',
] as const;
export const systemUserActions = ['invite', 'add', 'change_role', 'activate', 'none'] as const;
export const systemUserOutcomes = [
  'done',
  'already',
  'no_seat',
  'changed_since',
  'gone',
  'refused',
  'uncertain',
  'failed',
  'not_tried',
] as const;
export const systemUserVerdicts = [
  'reachable',
  'lower_role',
  'missing',
  'absent',
  'invited',
  'suspended',
  'blocked',
  'expired',
  'gone',
  'unread',
  'open',
] as const;

const told = { message: v.string(), nextStep: v.string() };

/** One site of a plan, with what became of it. */
export const systemUserRow = v.strictObject({
  site: id,
  name: v.string(),
  state: v.picklist(systemUserStates),
  action: v.picklist(systemUserActions),
  /** The role that is planned there, in the site's own words; null where none can be given. */
  role: v.nullable(v.string()),
  /** What it has there now. */
  roles: v.array(v.string()),
  ...told,
  /** Of the last time the plan was applied; null where nothing was tried. */
  outcome: v.nullable(
    v.strictObject({ outcome: v.picklist(systemUserOutcomes), at: v.nullable(time), ...told }),
  ),
  /** Of the last check as the system user; null before one. */
  verdict: v.nullable(
    v.strictObject({ verdict: v.picklist(systemUserVerdicts), roles: v.array(v.string()), ...told }),
  ),
});

const tally = v.record(v.string(), count);

/** A plan as a whole; its rows come by `systemUser.rows`. */
export const systemUserPlan = v.strictObject({
  id,
  madeAt: time,
  connection: id,
  connectionName: v.string(),
  /** Why it cannot be applied here; null where it can. */
  misfit: v.nullable(failureSchema),
  sandbox: v.boolean(),
  email: v.string(),
  firstName: v.string(),
  lastName: v.string(),
  role: v.string(),
  fallbackRole: v.nullable(v.string()),
  rows: count,
  states: tally,
  actions: tally,
  outcomes: tally,
  /** Changes that still have to be made, by what they are too. */
  left: count,
  leftActions: tally,
  /** Of those, changes that were tried and that applying again does not mend by itself. */
  stuck: count,
  /** Invitations that nobody has accepted as far as is known. */
  waiting: count,
  verified: v.nullable(
    v.strictObject({
      at: time,
      connectionName: v.string(),
      verdicts: tally,
      /** Sites that the plan expects and the system user cannot use as planned. */
      drift: count,
      /** Sites that it reaches and the plan does not name. */
      beyond: count,
    }),
  ),
});

const theme = v.picklist(['system', 'light', 'dark']);
/** By the name of a list, the columns that are shown or hidden other than at first. */
const columns = v.pipe(
  v.record(
    v.pipe(v.string(), v.maxLength(40)),
    v.pipe(v.array(v.pipe(v.string(), v.maxLength(40))), v.maxLength(40)),
  ),
  v.check((lists) => Object.keys(lists).length <= 20),
);

/** What a person set for the whole profile; every door on it sees the same. */
export const preferences = v.strictObject({
  /** `system`, `none`, or the address of a proxy. */
  proxy: v.string(),
  /** Kept in the vault with the password; null where there is none or the vault is not open. */
  proxyUsername: v.nullable(v.string()),
  /** `unknown`: there is one, but the vault is not open. */
  proxyPassword: v.picklist(['none', 'stored', 'unknown']),
  /** Hosts without a proxy, separated by commas. */
  noProxy: v.string(),
  /** A PEM file with further authorities to trust. */
  caFile: v.nullable(v.string()),
  /** Whether the authorities that the operating system knows are trusted. */
  systemCa: v.boolean(),
  /** Minutes without anybody at a screen after which a console locks itself; null = never. */
  lockAfterMinutes: v.nullable(minutes),
  /** Whether lists are kept on disk (encrypted) for the next start; turning it off removes what was kept. */
  keepLists: v.boolean(),
  theme,
  columns,
  /** What the environment says besides: shown, not changed. */
  environment: v.strictObject({
    proxy: v.nullable(v.strictObject({ variable: v.string(), host: v.nullable(v.string()) })),
    noProxy: v.nullable(v.string()),
    caFile: v.nullable(v.string()),
  }),
});

/** One thing that was looked at. */
export const check = v.strictObject({
  name: v.string(),
  /** Null: it could not be looked at, which is neither good nor bad. */
  ok: v.nullable(v.boolean()),
  message: v.string(),
  /** What to do; empty where nothing has to be done. */
  hint: v.string(),
});

/** One installation of one connection: an installation's id alone may be another one's under another connection. */
const place = v.strictObject({ connection: id, installation: id });

/** Of which rows a list of users is. What is missing does not narrow it; all that is given must hold. */
const usersFilter = {
  search,
  connection: v.optional(id),
  installation: v.optional(v.string()),
  provider: v.optional(providerId),
  status: v.optional(userStatus),
  /** One of the roles, exactly. */
  role: v.optional(v.string()),
  /** Access ends within 7, 30 or 90 days (by UTC days, today's included), or at any time that is still to come. */
  expiring: v.optional(v.picklist(['7', '30', '90', 'later'])),
  /** People the vendor has no name of (shown by e-mail or id), or no e-mail address. */
  without: v.optional(v.picklist(['name', 'email'])),
};
const usersSort = {
  sort: v.optional(
    v.picklist([
      'displayName',
      'email',
      'status',
      'installation',
      'connection',
      'provider',
      'roles',
      'expiresAt',
      'id',
    ]),
  ),
  descending: v.optional(v.boolean()),
};
const installationsFilter = {
  search,
  connection: v.optional(id),
  provider: v.optional(providerId),
  /** Exactly as a row has it. */
  state: v.optional(v.pipe(v.string(), v.maxLength(200))),
};
const installationsSort = {
  sort: v.optional(v.picklist(['name', 'state', 'timeZone', 'userCount', 'provider', 'connection', 'id'])),
  descending: v.optional(v.boolean()),
};

/** One value of a facet and how many rows have it under the other facets' choices; `label` is for people. */
const facetValue = v.strictObject({ value: v.string(), label: v.string(), count });

/**
 * What is looked for between installations. `only_first`: people of the first that none of the others has. `everywhere`:
 * people that each has. `some`: people that at least one has and at least one has not. `duplicates`: more than one user
 * with the same e-mail address within one installation.
 */
const listComparison = {
  /** For `only_first` the first is the one whose people are wanted. */
  places: v.pipe(v.array(place), v.minLength(1), v.maxLength(1000)),
  find: v.picklist(['only_first', 'everywhere', 'some', 'duplicates']),
  search,
};

/** One person of a comparison, and the users that stand for this person. */
export const comparedPerson = v.strictObject({
  /** The e-mail address by which they are taken for one person, as the first of them writes it. */
  email: v.string(),
  displayName: v.string(),
  users: v.array(
    v.strictObject({
      connection: id,
      connectionName: v.string(),
      installation: v.string(),
      installationName: v.string(),
      id: v.string(),
      displayName: v.string(),
      status: userStatus,
    }),
  ),
});

/** What is said of the users of one installation without looking at each. */
export const installationSummary = v.strictObject({
  connection: id,
  connectionName: v.string(),
  provider: providerId,
  installation: v.strictObject({ id: v.string(), name: v.string() }),
  users: count,
  status: v.strictObject({ active: count, pending: count, suspended: count, blocked: count, expired: count }),
  /** Access ends within 7 and within 30 days; the second number holds the first. */
  expiring: v.strictObject({ week: count, month: count }),
  withoutName: count,
  withoutEmail: count,
});

/** What an export gives: files are never partial, and hold every row that the filter shows. */
const exportOf = v.variant('what', [
  v.strictObject({ what: v.literal('users'), ...usersFilter, ...usersSort }),
  v.strictObject({ what: v.literal('installations'), ...installationsFilter, ...installationsSort }),
  v.strictObject({ what: v.literal('comparison'), ...listComparison }),
]);

/** What became of a file: the desktop asked where to and wrote it; the browser fetches it once, within two minutes. */
const deliveredFile = v.variant('kind', [
  v.strictObject({ kind: v.literal('saved'), path: v.string(), rows: count, bytes: count }),
  v.strictObject({ kind: v.literal('download'), url: v.string(), fileName: v.string() }),
]);

/** One thing that happened. Nothing in it is secret: see main/http/redact.ts. */
export const activityRow = v.variant('kind', [
  v.strictObject({
    kind: v.literal('request'),
    /** Counts up; names the row. */
    number: count,
    at: time,
    connection: v.nullable(id),
    /** Null where there is no connection of that id any more. */
    connectionName: v.nullable(v.string()),
    purpose: v.picklist([
      'discovery',
      'token',
      'jwks',
      'userinfo',
      'revocation',
      'introspection',
      'api',
      'check',
    ]),
    /** Which try at the same thing it was, from 1. */
    attempt: count,
    method: v.string(),
    host: v.string(),
    /** Identifiers stay; values of the query are `…` but for the numbers of paging. */
    path: v.string(),
    /** Null where no answer came. */
    status: v.nullable(count),
    milliseconds: count,
    /** Length of the answer; null where it did not come whole. */
    bytes: v.nullable(count),
    /** The proxy's host; null = direct. */
    proxy: v.nullable(v.string()),
    failure: v.nullable(failureSchema),
  }),
  v.strictObject({
    kind: v.literal('session'),
    number: count,
    at: time,
    connection: id,
    connectionName: v.nullable(v.string()),
    change: v.picklist(['signed_in', 'renewed', 'refused', 'ended', 'signed_out']),
    failure: v.nullable(failureSchema),
  }),
]);
const windowOf = { offset: count, limit: v.pipe(count, v.minValue(1), v.maxValue(200)) };

/** `failed`: only what failed, answers with an error's status among it. */
const activityFilter = {
  connection: v.optional(id),
  failed: v.optional(v.boolean()),
  search,
};

/** Every method of the bridge. */
export const methods = {
  'app.info': {
    input: nothing,
    output: v.strictObject({
      version: v.string(),
      door: v.picklist(['browser', 'desktop']),
      vault: vaultInfo,
      /** Whether the sandbox runs in this console. */
      sandbox: v.boolean(),
    }),
  },
  /**
   * Takes everything away that this profile holds: signs out (revoking where the server can), removes secrets, connections,
   * preferences, kept lists and cached keys. Says what it could not; asking again tries the rest. Ask the person first. Long.
   */
  'app.clearAllData': {
    input: nothing,
    output: v.strictObject({
      signedOut: v.array(v.strictObject({ name: v.string(), revoked })),
      /** What is still there: a name for people, and why. */
      left: v.array(v.strictObject({ what: v.string(), failure: failureSchema })),
    }),
  },
  /** Looks at everything a sign-in depends on: vault, profile, settings, proxy, certificates, hosts, clock. Long. */
  'app.diagnose': { input: nothing, output: v.strictObject({ checks: v.array(check) }) },
  'vault.info': { input: nothing, output: vaultInfo },
  /**
   * Ends the console's lock and opens what the vault needs opened: the keychain by the system's own dialog where it is
   * locked, the encrypted file by its passphrase (needed after `vault.lock`). Looks again. `makeFile` as in `vault.use`.
   */
  'vault.unlock': {
    input: v.strictObject({ passphrase: v.optional(secret), makeFile: v.optional(v.boolean()) }),
    output: vaultInfo,
  },
  /**
   * Locks this console: what is under way is cancelled, and everything secret that the process holds is dropped: keys,
   * passphrase, the lists, and with `kind` memory the secrets themselves (ask the person first). `vault.changed` tells all
   * screens (`reason` is `console_locked`). Until `vault.unlock` or `vault.use` all but `app.*`, `vault.*`,
   * `preferences.read` and `providers.list` fails with `vault_locked`. Other doors and the keychain itself stay as they are.
   */
  'vault.lock': {
    input: nothing,
    output: v.strictObject({
      vault: vaultInfo,
      /** Names of connections whose newest session the vault did not take: it stays in memory until the vault does. */
      unsaved: v.array(v.string()),
    }),
  },
  /** A person did something at this screen: the idle lock waits its whole time again. Every ten seconds is often enough. */
  'vault.active': { input: nothing, output: nothing },
  /**
   * Changes where secrets are kept for this run: only ever because a person chose it. Where there is no file, `makeFile` says
   * that one is made with this passphrase (typed twice by then); without it that is `not_found`.
   */
  'vault.use': {
    input: v.strictObject({
      kind: v.picklist(['keychain', 'memory', 'file']),
      passphrase: v.optional(secret),
      makeFile: v.optional(v.boolean()),
    }),
    output: vaultInfo,
  },
  'providers.list': { input: nothing, output: v.array(providerInfo) },
  'connections.list': { input: nothing, output: v.array(connectionInfo) },
  'connections.add': { input: newConnection, output: connectionInfo },
  'connections.change': {
    input: v.strictObject({ id, name: v.optional(text), ...connectionFields }),
    /** `revoked`: what became of a session that the changed connection cannot use; null where it stayed. */
    output: v.strictObject({ ...connectionInfo.entries, revoked: v.nullable(revoked) }),
  },
  'connections.remove': {
    input: v.strictObject({ id }),
    output: v.strictObject({ revoked }),
  },
  /** Tries what was typed without saving anything: addresses, discovery, and the grant where nobody need be present. */
  'connections.test': {
    input: newConnection,
    output: v.array(
      v.strictObject({
        name: v.string(),
        ok: v.boolean(),
        message: v.string(),
        failure: v.nullable(failureSchema),
      }),
    ),
  },
  /**
   * Long: progress brings the address to open; cancelling frees the port. With `changes` it signs in as the connection would
   * be with them, and saves them when it is let in: what works is not given up for what the server refuses.
   */
  'sessions.signIn': {
    input: v.strictObject({
      id,
      changes: v.optional(v.strictObject({ name: v.optional(text), ...connectionFields })),
    }),
    output: v.strictObject({
      subject: v.string(),
      displayName: v.nullable(v.string()),
      expiresAt: v.nullable(time),
    }),
  },
  'sessions.signOut': {
    input: v.strictObject({ id }),
    output: v.strictObject({ revoked }),
  },
  'sessions.renew': {
    input: v.strictObject({ id }),
    output: v.strictObject({ expiresAt: v.nullable(time) }),
  },
  /** The one way a token comes to the screen, because a person pressed reveal or copy. */
  'sessions.reveal': {
    input: v.strictObject({ id, token: sessionToken }),
    output: v.strictObject({ token: v.string() }),
  },
  /** Reads and checks tokens with kept keys. Nothing is sent anywhere. */
  'tokens.inspect': {
    input: v.strictObject({ source: tokenSource, ...checkWith }),
    output: v.strictObject({
      tokens: v.array(inspectedToken),
      /** Tokens beyond those that are read at once. */
      leftOut: count,
      /** Of keys given by hand: those left out, and why. */
      keyNotes: v.array(v.string()),
    }),
  },
  /** The first token of each, claim by claim. Nothing is sent anywhere. */
  'tokens.compare': {
    input: v.strictObject({ before: tokenSource, after: tokenSource, ...checkWith }),
    output: comparison,
  },
  /** Renews a session and compares its access token with the one before; neither comes to the screen. */
  'tokens.compareRenewed': { input: v.strictObject({ connection: id }), output: comparison },
  /** Sends a token to the connection's server, which says what it is (RFC 7662). Only ever because a person asked. */
  'tokens.introspect': {
    input: v.strictObject({ source: tokenSource, connection: id }),
    output: v.strictObject({
      /** The host that has seen the token. */
      host: v.string(),
      active: v.boolean(),
      members: v.array(explainedMember),
      raw: v.string(),
    }),
  },
  /** The public keys kept for verifying without a network. */
  'tokens.keys': { input: nothing, output: v.array(issuerKeys) },
  /** Asks the connection's server for its keys again. */
  'tokens.refreshKeys': { input: v.strictObject({ connection: id }), output: v.array(issuerKeys) },
  'preferences.read': { input: nothing, output: preferences },
  /** Changes what is given. `input_invalid` says which of it does not fit; nothing is changed then. */
  'preferences.change': {
    input: v.strictObject({
      /** `system`, `none`, or an address such as http://proxy.example:3128. Another one drops the user name and password. */
      proxy: v.optional(text),
      /** For the proxy above or, where that is left out, for the one that is set; null takes them away. */
      proxyCredentials: v.optional(v.nullable(v.strictObject({ username: text, password: secret }))),
      noProxy: v.optional(text),
      /** The whole path of the file; null for none. */
      caFile: v.optional(v.nullable(text)),
      systemCa: v.optional(v.boolean()),
      lockAfterMinutes: v.optional(v.nullable(minutes)),
      keepLists: v.optional(v.boolean()),
      theme: v.optional(theme),
      /** Of the lists that are named; the others stay as they are. */
      columns: v.optional(columns),
    }),
    output: preferences,
  },
  /**
   * After `settings_corrupt`: puts the last good settings back, or with `empty` and where there are none, empty ones. A
   * copy of the damaged file stays in the profile folder under the name `copy`.
   */
  'settings.repair': {
    input: v.strictObject({ empty: v.boolean() }),
    output: v.strictObject({
      from: v.picklist(['last_good', 'empty', 'nothing_to_repair']),
      connections: count,
      copy: v.nullable(v.string()),
    }),
  },
  /** What this console asked of the network and what became of sessions since it started, newest first. */
  'activity.list': {
    input: v.strictObject({ ...windowOf, ...activityFilter }),
    output: v.strictObject({ rows: v.array(activityRow), total: count }),
  },
  /** The same for a support ticket, as NDJSON: the newest 400,000 characters, oldest first. Nothing secret is in it. */
  'activity.export': {
    input: v.strictObject(activityFilter),
    output: deliveredFile,
  },
  /**
   * Starts the four platforms on this computer and adds a connection to each that is not there yet: all of them, or none
   * where the vault is not open or one cannot be added. Long.
   */
  'sandbox.start': {
    input: nothing,
    output: v.strictObject({ connections: v.array(v.string()) }),
  },
  /**
   * Reads lists from the providers; `users` reads the people too. All connections where none is named. A list that was
   * cut goes on where it was cut (`restart` begins it anew); cancelling keeps what came. Long.
   */
  'lists.sync': {
    input: v.strictObject({
      connections: v.optional(v.pipe(v.array(id), v.maxLength(1000))),
      installation: v.optional(v.string()),
      users: v.boolean(),
      restart: v.optional(v.boolean()),
      /** The provider's own filter language for users (Salto KS, Nebula), passed on as typed: fewer rows are loaded. */
      filter: v.optional(v.pipe(v.string(), v.maxLength(20_000))),
    }),
    output: v.strictObject({
      failures: v.array(
        v.strictObject({ connection: id, installation: v.nullable(v.string()), failure: failureSchema }),
      ),
    }),
  },
  'lists.states': { input: nothing, output: v.array(listState) },
  'lists.installations': {
    input: v.strictObject({ ...windowOf, ...installationsFilter, ...installationsSort }),
    output: v.strictObject({ rows: v.array(installationRow), total: count }),
  },
  'lists.users': {
    input: v.strictObject({ ...windowOf, ...usersFilter, ...usersSort }),
    output: v.strictObject({ rows: v.array(userRow), total: count }),
  },
  /** One row by its id, wherever it stands; null where its list is not here or has none of that id. */
  'lists.installation': {
    input: v.strictObject({ connection: id, id: v.string() }),
    output: v.strictObject({ row: v.nullable(installationRow) }),
  },
  'lists.user': {
    input: v.strictObject({ ...place.entries, id: v.string() }),
    output: v.strictObject({ row: v.nullable(userRow) }),
  },
  /**
   * The values that users can be narrowed by, most frequent first. Each facet is counted under all other choices but its
   * own, so that another of its values can be chosen. At most 200 values of a facet come; `more` says how many are left.
   */
  'lists.facets': {
    input: v.strictObject(usersFilter),
    output: v.strictObject({
      total: count,
      facets: v.array(
        v.strictObject({
          name: v.picklist([
            'provider',
            'connection',
            'installation',
            'status',
            'role',
            'expiring',
            'without',
          ]),
          values: v.array(facetValue),
          more: count,
        }),
      ),
    }),
  },
  /** Counts for the first view: cheap, and only of what is here. */
  'lists.overview': {
    input: nothing,
    output: v.strictObject({
      installations: count,
      users: count,
      /**
       * How many installations are in each state that the vendors give; the unusual ones first, then the most frequent. `name`
       * is that of the only one in an unusual state, null where there are several.
       */
      states: v.array(
        v.strictObject({
          state: v.string(),
          unusual: v.boolean(),
          installations: count,
          name: v.nullable(v.string()),
        }),
      ),
      perInstallation: v.array(installationSummary),
    }),
  },
  /** Who is where. People are told apart by e-mail address, so those without one are only counted. */
  'lists.compare': {
    input: v.strictObject({ ...windowOf, ...listComparison }),
    output: v.strictObject({
      rows: v.array(comparedPerson),
      total: count,
      /** Users of these installations without an e-mail address: they cannot be compared. */
      withoutEmail: count,
      /** Whether users came, changed or went while they were compared: to be asked again. */
      old: v.boolean(),
      /** Installations whose list is not here as a whole: what is said of them may be wrong. */
      incomplete: v.array(v.strictObject({ connection: id, installation: v.string(), name: v.string() })),
    }),
  },
  /** The vendor's own record as indented JSON. */
  'lists.record': {
    input: v.strictObject({
      kind: v.picklist(['installations', 'users']),
      connection: id,
      installation: v.optional(v.string()),
      id: v.string(),
    }),
    output: v.strictObject({ json: v.string() }),
  },
  /** The plan that is open in this profile. */
  'systemUser.current': { input: nothing, output: v.strictObject({ plan: v.nullable(systemUserPlan) }) },
  /** Reads every chosen site and says how the system user stands there; changes nothing. Long. */
  'systemUser.plan': {
    input: v.strictObject({
      connection: id,
      sites: v.variant('kind', [
        v.strictObject({ kind: v.literal('all') }),
        /** Sites whose name contains this. */
        v.strictObject({ kind: v.literal('matching'), text: v.pipe(v.string(), v.maxLength(200)) }),
        /** Ids, readable ids or whole names. */
        v.strictObject({
          kind: v.literal('listed'),
          sites: v.pipe(v.array(v.pipe(v.string(), v.maxLength(300))), v.maxLength(5000)),
        }),
      ]),
      email: v.pipe(v.string(), v.maxLength(320)),
      firstName: v.pipe(v.string(), v.maxLength(100)),
      lastName: v.pipe(v.string(), v.maxLength(100)),
      role: v.pipe(v.string(), v.maxLength(100)),
      fallbackRole: v.optional(v.pipe(v.string(), v.maxLength(100))),
    }),
    output: systemUserPlan,
  },
  'systemUser.rows': {
    input: v.strictObject({
      ...windowOf,
      search,
      state: v.optional(v.picklist(systemUserStates)),
      /** `changes`: rows with something to do; `open`: those that are not done; `drift`: found wanting. */
      only: v.optional(v.picklist(['changes', 'open', 'drift'])),
    }),
    output: v.strictObject({ rows: v.array(systemUserRow), total: count }),
  },
  /** The plan as a plan file, to be reviewed elsewhere. */
  'systemUser.export': { input: nothing, output: deliveredFile },
  /** Opens a plan file; it becomes the plan of this profile. */
  'systemUser.open': {
    input: v.strictObject({ json: v.pipe(v.string(), v.maxLength(1_000_000)) }),
    output: systemUserPlan,
  },
  /** Puts the plan away. What was done stays done and in the record. */
  'systemUser.close': { input: nothing, output: nothing },
  /** Whether the plan still fits, before somebody says yes: sentences to read, none where all is well. Long. */
  'systemUser.review': {
    input: v.strictObject({ plan: id }),
    output: v.strictObject({ notes: v.array(v.string()) }),
  },
  /** Makes the changes of the plan, and no other. Cancelling ends it after the sites at work. Long. */
  'systemUser.apply': {
    input: v.strictObject({ plan: id }),
    output: v.strictObject({ plan: systemUserPlan, stopped: v.nullable(failureSchema) }),
  },
  /** Looks at open invitations until none is left. Long. */
  'systemUser.watch': { input: v.strictObject({ plan: id }), output: systemUserPlan },
  /** Adds the password-grant connection of the system user, and signs it in. */
  'systemUser.connect': {
    input: v.strictObject({
      plan: id,
      name: text,
      clientId: text,
      clientSecret: v.optional(secret),
      password: secret,
    }),
    output: connectionInfo,
  },
  /** Signs in as the system user and compares its sites with the plan. Long. */
  'systemUser.verify': {
    input: v.strictObject({ plan: id, connection: id }),
    output: systemUserPlan,
  },
  /** What was done on this computer, newest first: ids only, no names. */
  'systemUser.record': {
    input: v.strictObject(windowOf),
    output: v.strictObject({
      total: count,
      rows: v.array(
        v.strictObject({
          at: time,
          plan: id,
          connection: v.string(),
          as: v.string(),
          site: v.string(),
          action: v.picklist(systemUserActions),
          outcome: v.nullable(v.picklist(systemUserOutcomes)),
          code: v.nullable(v.picklist(codes)),
        }),
      ),
    }),
  },
  /** Read-only: as whom a service's credentials act, and what they reach. */
  'systemUser.reach': {
    input: v.strictObject({
      connection: id,
      /** Installations that it should reach, by id or name. */
      expected: v.pipe(v.array(v.pipe(v.string(), v.maxLength(300))), v.maxLength(1000)),
    }),
    output: v.strictObject({
      /** "Service account" and its name, "Tenant" and its id, ... */
      identity: v.array(v.strictObject({ label: v.string(), value: v.string() })),
      installations: v.array(
        v.strictObject({ id: v.string(), name: v.string(), roles: v.array(v.string()) }),
      ),
      more: count,
      missing: v.array(v.string()),
      notes: v.array(v.string()),
    }),
  },
  /** Accepts an invitation in the sandbox of this console, as the link in its mail would. */
  'sandbox.accept': {
    input: v.strictObject({ email: v.pipe(v.string(), v.maxLength(320)) }),
    output: v.strictObject({ accepted: v.boolean() }),
  },
  /**
   * Writes all rows that a filter shows to a file, with a line that says whence and of when they are. Desktop: asks where
   * to (`cancelled` where the person does not say) and answers when the file is whole. Browser: answers with an address
   * that gives the file once, within two minutes; its download fails where something goes wrong. Long.
   * Errors: export_failed (a list is not whole, too many rows for XLSX, the disk), cancelled.
   */
  'exports.start': {
    input: v.strictObject({
      of: exportOf,
      format: v.picklist(['csv', 'ndjson', 'json', 'xlsx']),
      /** CSV: begin with a byte order mark, which some spreadsheets need to read UTF-8. */
      bom: v.optional(v.boolean()),
      /** Export although a list is not whole: the file says so in its line of provenance. */
      partial: v.optional(v.boolean()),
    }),
    output: deliveredFile,
  },
  /** Cancels a request that is under way, by the number it was sent with. */
  'requests.cancel': { input: v.strictObject({ request: count }), output: nothing },
} as const;

/** What a long request says while it runs. */
export const progressSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('authorization'),
    /** To copy and open elsewhere. */
    url: v.string(),
    redirectUri: v.string(),
    expiresAt: time,
    /** Why no browser could be opened; null where one was. */
    failure: v.nullable(failureSchema),
  }),
  v.strictObject({
    kind: v.literal('list'),
    connection: id,
    /** Its id, as in the states of lists. */
    installation: v.nullable(v.string()),
    rows: count,
    total: v.nullable(v.number()),
  }),
  /** A provider asked for a pause; `connection` where several are read side by side. */
  v.strictObject({ kind: v.literal('waiting'), connection: v.nullable(id), until: time }),
  v.strictObject({
    kind: v.literal('systemUser'),
    phase: v.picklist(['sites', 'planning', 'applying', 'watching', 'verifying']),
    done: count,
    of: v.nullable(count),
  }),
  v.strictObject({ kind: v.literal('export'), rows: count, total: count }),
  /** Of a test or a check: what was tried, of what there is to try. */
  v.strictObject({ kind: v.literal('steps'), done: count, of: count }),
  /** Rows read, of those to be compared. */
  v.strictObject({ kind: v.literal('comparison'), done: count, of: count }),
]);

/** Every event, sent to all screens of this console. They say that something changed, not what: ask for it. */
export const events = {
  'connections.changed': nothing,
  'lists.changed': nothing,
  'activity.changed': nothing,
  'vault.changed': vaultInfo,
  'systemUser.changed': nothing,
  'preferences.changed': nothing,
  /** The console is about to end. */
  'app.closing': nothing,
} as const;

export type MethodName = keyof typeof methods;
export type Input<M extends MethodName> = v.InferInput<(typeof methods)[M]['input']>;
export type Output<M extends MethodName> = v.InferOutput<(typeof methods)[M]['output']>;
export type EventName = keyof typeof events;
export type EventPayload<E extends EventName> = v.InferOutput<(typeof events)[E]>;
export type Progress = v.InferOutput<typeof progressSchema>;
export type VaultInfo = v.InferOutput<typeof vaultInfo>;
export type Preferences = v.InferOutput<typeof preferences>;
export type ProviderInfo = v.InferOutput<typeof providerInfo>;
export type ConnectionInfo = v.InferOutput<typeof connectionInfo>;
export type ActivityRow = v.InferOutput<typeof activityRow>;
export type Check = v.InferOutput<typeof check>;
export type InstallationRow = v.InferOutput<typeof installationRow>;
export type UserRow = v.InferOutput<typeof userRow>;
export type InspectedToken = v.InferOutput<typeof inspectedToken>;
export type ExplainedMember = v.InferOutput<typeof explainedMember>;
export type SystemUserPlan = v.InferOutput<typeof systemUserPlan>;
export type SystemUserRow = v.InferOutput<typeof systemUserRow>;
export type ComparedPerson = v.InferOutput<typeof comparedPerson>;
export type InstallationSummary = v.InferOutput<typeof installationSummary>;
export type ListState = v.InferOutput<typeof listState>;

/** What travels from the screen. `request` counts up per screen. */
export const requestMessage = v.strictObject({
  request: count,
  method: v.picklist(Object.keys(methods) as [MethodName, ...MethodName[]]),
  input: v.unknown(),
});

/** What travels to the screen: an answer, progress of a request, or an event. */
export const screenMessage = v.variant('type', [
  v.strictObject({
    type: v.literal('answer'),
    request: count,
    result: v.union([
      v.strictObject({ ok: v.literal(true), value: v.unknown() }),
      v.strictObject({ ok: v.literal(false), error: failureSchema }),
    ]),
  }),
  v.strictObject({ type: v.literal('progress'), request: count, progress: progressSchema }),
  v.strictObject({
    type: v.literal('event'),
    event: v.picklist(Object.keys(events) as [EventName, ...EventName[]]),
    payload: v.unknown(),
  }),
]);
export type RequestMessage = v.InferOutput<typeof requestMessage>;
export type ScreenMessage = v.InferOutput<typeof screenMessage>;

export interface CallOptions<M extends MethodName> {
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
  /** Keeps the method in the options' type, so that a wrapper cannot mix them up. */
  readonly method?: M;
}

/** The bridge as the screen sees it; both doors' clients are of this type. */
export interface Bridge {
  /** Never rejects. Aborting the signal cancels the request; the answer is then `cancelled`. */
  call<M extends MethodName>(
    method: M,
    input: Input<M>,
    options?: CallOptions<M>,
  ): Promise<Result<Output<M>>>;
  /** Returns the function that stops listening. */
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void;
  /** Told when the connection to the core is lost (false) or back (true). */
  onConnection(listener: (connected: boolean) => void): () => void;
}
