import type {
  Bridge,
  ConnectionInfo,
  EventName,
  Input,
  InstallationRow,
  ListState,
  MethodName,
  Output,
  Preferences,
  Progress,
  ProviderInfo,
  UserRow,
  VaultInfo,
} from '../../preload/contract.ts';
import { fakeComparison, fakeToken } from './fake-tokens.ts';
import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import { activityRows } from './activity.ts';

/** Without a core there is nobody to plan with: the view shows how it begins. */
const noCore = fail('input_invalid', 'There is no core behind this screen.', 'Start latchkey serve instead.');
const systemUserAnswers = {
  'systemUser.current': () => ok({ plan: null }),
  'systemUser.plan': () => noCore,
  'systemUser.rows': () => ok({ rows: [], total: 0 }),
  'systemUser.export': () => noCore,
  'systemUser.open': () => noCore,
  'systemUser.close': () => ok({}),
  'systemUser.review': () => noCore,
  'systemUser.apply': () => noCore,
  'systemUser.watch': () => noCore,
  'systemUser.connect': () => noCore,
  'systemUser.verify': () => noCore,
  'systemUser.record': () => ok({ rows: [], total: 0 }),
  'systemUser.reach': () => noCore,
  'sandbox.accept': () => ok({ accepted: false }),
};

/**
 * A bridge without a core, to develop components against (`npx vite`, then /dev/index.html?scene=full). It is not part
 * of the build.
 */
export const scenes = [
  'empty',
  'full',
  'partial',
  'locked',
  'hostile',
  'million',
  'unread',
  'broken',
  'offline',
] as const;
export type Scene = (typeof scenes)[number];

/** What most lists say of how they can be read on. */
const steady = { arriving: null, resumable: false, filter: null } as const;

type Facet = Output<'lists.facets'>['facets'][number];
type FacetName = Facet['name'];

const given = [
  'Ana Lúcia',
  'Bo',
  'Chidi',
  'Dagny',
  'Eero',
  'Fatima',
  'Grace',
  'Hugo',
  'Ines',
  'Jun',
  'Käthe',
  'Liam',
  'Maren',
  'Nuno',
  'Olga',
  'Petra',
  'Qasim',
  'Rosa',
  'Sven',
  'Tove',
  'Uma',
  'Viktor',
  'Wanda',
  'Yara',
];
const family = [
  'Prado',
  'Ek',
  'Okafor',
  'Lindqvist',
  'Virtanen',
  'Haddad',
  'Murray',
  'Weiss',
  'Costa',
  'Tanaka',
  'Adeyemi',
  'Brandt',
  'Castelo',
  'Duarte',
  'Eriksen',
  'Fontaine',
  'Gruber',
  'Holm',
  'Ivanov',
  'Jansen',
  'Kowalska',
  'Lund',
  'Moreau',
  'Novak',
  'Osei',
];
const places = [
  'Harbour House',
  'Mill Lane Depot',
  'North Pier',
  'Old Foundry',
  'Riverside Clinic',
  'Station Yard',
];
const statuses = [
  'active',
  'active',
  'active',
  'active',
  'pending',
  'active',
  'suspended',
  'active',
  'blocked',
  'expired',
] as const;
const hostileNames = [
  '<img src=x onerror=alert(1)>',
  '\u202etxt.exe gnissim si rotartsinimdA',
  'مريم عبد الله',
  'נועה לוי‎',
  '👩‍👩‍👧‍👦 Familie',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘',
  'Wolfeschlegelsteinhausenbergerdorff'.repeat(8),
  '"; DROP TABLE users; --',
  '\u2069\u2069 ends isolates',
  '{{constructor}}',
];

const caution =
  'The password grant hands a person’s password to this program, and current rules (RFC 9700) say it must not be used. Use it for a system user only, never with your own account.';
const implicit =
  'The implicit grant sends the access token through the browser’s address bar, and current rules (RFC 9700) say it should not be used. Choose the authorization code wherever the provider allows it.';

const marks: Readonly<Record<string, string>> = {
  'salto-ks': 'KS',
  'salto-nebula': 'Ne',
  konexus: 'Ko',
  smartenit: 'Sm',
  oidc: 'ID',
  oauth2: 'O2',
};

function provider(
  id: ProviderInfo['id'],
  label: string,
  installationWord: string,
  contact: string,
  grants: ProviderInfo['grants'],
): ProviderInfo {
  const lists = id !== 'oidc' && id !== 'oauth2';
  return {
    id,
    label,
    mark: marks[id] ?? '',
    needs: 'Needs a client id and a client secret.',
    installationWord,
    lists,
    reach: lists && id !== 'salto-ks',
    contact,
    discovery: id !== 'smartenit',
    environments: lists
      ? [
          {
            id: 'production',
            endpoints: {
              issuer: `https://identity.${id}.example`,
              authorizationEndpoint: `https://identity.${id}.example/authorize`,
              tokenEndpoint: `https://identity.${id}.example/token`,
              apiBase: `https://api.${id}.example`,
            },
          },
          { id: 'sandbox', endpoints: {} },
          { id: 'custom', endpoints: {} },
        ]
      : [{ id: 'custom', endpoints: {} }],
    grants,
  };
}

const offered = (
  grant: ProviderInfo['grants'][number]['grant'],
  documented: boolean,
  clientAuth: ProviderInfo['grants'][number]['clientAuth'],
  why: string | null = null,
): ProviderInfo['grants'][number] => ({
  grant,
  documented,
  clientAuth,
  scope: 'openid profile offline_access',
  caution: why,
});

const providers: ProviderInfo[] = [
  provider(
    'salto-ks',
    'Salto KS',
    'site',
    'your local Salto Business Unit, which gives out client ids and secrets.',
    [
      offered('authorization_code', true, 'basic'),
      offered('password', true, 'basic', caution),
      offered('client_credentials', false, 'basic', 'Salto describes no sign-in without a person.'),
    ],
  ),
  provider('salto-nebula', 'Salto Nebula', 'installation', 'your usual Salto technical contact.', [
    offered('client_credentials', true, 'post'),
  ]),
  provider('konexus', 'Konexus', 'tenant', 'your Konexus (AlertSense) contact, who sets up the client.', [
    offered('client_credentials', true, 'post', 'For confidential clients only.'),
  ]),
  provider('smartenit', 'Smartenit', 'location', 'Smartenit support, which registers applications.', [
    offered('authorization_code', true, 'post'),
    offered('password', true, 'post', caution),
    offered('implicit', true, 'none', implicit),
  ]),
  provider('oidc', 'OpenID Connect', 'installation', 'whoever runs the server.', [
    offered('authorization_code', true, 'basic'),
    offered('implicit', false, 'none', implicit),
  ]),
  provider('oauth2', 'OAuth 2.0', 'installation', 'whoever runs the server.', [
    offered('authorization_code', true, 'basic'),
  ]),
];

const refused: Failure = {
  code: 'session_refused',
  message: 'Konexus no longer renews this session.',
  hint: 'Sign in again; the client and its secret are still in the vault.',
};
const midway: Failure = {
  code: 'provider_failed',
  message: 'Salto KS stopped answering after 300 users (HTTP 503).',
  hint: 'What was read so far is shown. Read it again in a few minutes.',
};

function connection(
  id: string,
  of: ProviderInfo['id'],
  grant: ConnectionInfo['grant'],
  session: Partial<ConnectionInfo['session']>,
  sandbox = false,
): ConnectionInfo {
  return {
    id,
    name: id,
    provider: of,
    environment: sandbox ? 'sandbox' : 'production',
    grant,
    clientId: 'acme-desktop',
    clientAuth: 'post',
    username: null,
    scope: 'openid profile offline_access',
    redirectPorts: [],
    redirectPath: '/callback',
    overrides: sandbox ? { issuer: 'http://127.0.0.1:4100' } : {},
    sandbox,
    session: { ...noSession, ...session },
  };
}

const noSession: ConnectionInfo['session'] = {
  state: 'signed_out',
  subject: null,
  displayName: null,
  expiresAt: null,
  refreshExpiresAt: null,
  failure: null,
  nextTryAt: null,
  signInBy: null,
  warnFrom: null,
  tokens: [],
};

/** A bridge that answers from memory as the scene says. */
export function fakeBridge(scene: Scene): Bridge {
  const start = Date.now();
  const filled = scene !== 'empty';
  let vault: VaultInfo =
    scene === 'locked'
      ? {
          kind: 'keychain',
          state: 'locked',
          reason: 'locked',
          message: 'The keychain of this computer is locked.',
          file: false,
        }
      : { kind: 'keychain', state: 'open', reason: null, message: null, file: false };
  const sandbox = scene !== 'million';
  let preferences: Preferences = {
    proxy: 'system',
    proxyUsername: null,
    proxyPassword: 'none',
    noProxy: '',
    caFile: null,
    systemCa: true,
    lockAfterMinutes: null,
    keepLists: true,
    theme: 'system',
    columns: {},
    environment: {
      proxy: { variable: 'HTTPS_PROXY', host: 'proxy.example:3128' },
      noProxy: null,
      caFile: null,
    },
  };
  let connections: ConnectionInfo[] = filled
    ? [
        connection('acme-ks', 'salto-ks', 'authorization_code', {
          state: 'signed_in',
          subject: '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be102',
          displayName: 'Ana Prado',
          expiresAt: start + 8 * 60_000,
          signInBy: start + 8 * 60_000,
          warnFrom: start - 60_000,
          tokens: ['access', 'id', 'refresh'],
        }),
        connection('konexus', 'konexus', 'client_credentials', {
          state: 'sign_in_needed',
          failure: refused,
          tokens: ['access'],
        }),
        connection('nebula-hq', 'salto-nebula', 'client_credentials', {
          state: 'signed_in',
          subject: 'acme-hq',
          expiresAt: start + 190 * 60_000,
          tokens: ['access'],
        }),
        connection('smartenit-lab', 'smartenit', 'authorization_code', {}, sandbox),
      ]
    : [];
  if (scene === 'locked')
    connections = connections.map((one) => ({
      ...one,
      session: { ...noSession, state: 'unknown' },
    }));
  const unread = scene === 'empty' || scene === 'unread' || scene === 'locked';
  const count = unread ? 0 : scene === 'million' ? 1_000_000 : scene === 'hostile' ? 400 : 4218;

  const userAt = (index: number): UserRow => {
    const place = (index * 5 + (index >> 4)) % places.length;
    const hostile = scene === 'hostile' ? hostileNames[index % hostileNames.length] : undefined;
    const spread = (Math.imul(index + 1, 2_654_435_761) >>> 0) / 2 ** 32;
    const first = given[Math.floor(spread * given.length)] ?? '';
    const second = family[Math.floor(spread * 7919) % family.length] ?? '';
    const born = family[(index * 3 + Math.floor(spread * 97)) % family.length] ?? '';
    const last = index % 3 === 0 || born === second ? born : `${born}-${second}`;
    return {
      connection: place < 4 ? 'acme-ks' : 'nebula-hq',
      connectionName: place < 4 ? 'acme-ks' : 'nebula-hq',
      provider: place < 4 ? 'salto-ks' : 'salto-nebula',
      installation: `i${place}`,
      installationName: hostile ?? places[place] ?? '',
      id: `u${index}`,
      displayName: hostile ?? `${first} ${last}`,
      email:
        index % 9 === 4
          ? null
          : `${first.split(' ')[0] ?? ''}.${last}`
              .toLowerCase()
              .replaceAll('-', '.')
              .normalize('NFD')
              .replaceAll(/[^a-z.]/g, '') + '@acme.example',
      roles: index % 5 === 0 ? ['site_admin', 'site_user'] : ['site_user'],
      status: statuses[Math.floor(spread * 991) % statuses.length] ?? 'active',
      expiresAt: index % 11 === 3 ? start + (index % 120) * 86_400_000 : null,
      sandbox: scene === 'hostile',
    };
  };
  const all: UserRow[] =
    scene === 'million' ? [] : Array.from({ length: count }, (_, index) => userAt(index));
  const usersAt = (id: string): number =>
    scene === 'million'
      ? Math.floor(count / 6)
      : all.filter(({ installation }) => installation === id).length;
  const installations: InstallationRow[] = unread
    ? []
    : places.map((name, index) => ({
        connection: index < 4 ? 'acme-ks' : 'nebula-hq',
        connectionName: index < 4 ? 'acme-ks' : 'nebula-hq',
        provider: index < 4 ? 'salto-ks' : 'salto-nebula',
        id: `i${index}`,
        name: scene === 'hostile' ? (hostileNames[index] ?? '') : name,
        state: index === 2 ? 'maintenance' : null,
        unusual: index === 2,
        timeZone: 'Europe/Lisbon',
        userCount: index === 5 ? null : usersAt(`i${index}`),
        sandbox: scene === 'hostile',
      }));
  const states: ListState[] = unread
    ? []
    : [
        ...['acme-ks', 'nebula-hq'].map((name, index): ListState => ({
          kind: 'installations',
          connection: name,
          connectionName: name,
          installation: null,
          rows: index === 0 ? 4 : 2,
          complete: true,
          loading: false,
          total: index === 0 ? 4 : 2,
          fetchedAt: start - 130_000,
          failure: null,
          ...steady,
        })),
        ...installations.map((row, index): ListState => ({
          kind: 'users',
          connection: row.connection,
          connectionName: row.connection,
          installation: { id: row.id, name: row.name },
          rows: Math.floor(count / 6),
          complete: !(scene === 'partial' && index === 1),
          loading: scene === 'partial' && index === 3,
          total: Math.floor(count / 6),
          fetchedAt: start - 130_000 - index * 60_000,
          failure: scene === 'partial' && index === 1 ? midway : null,
          ...steady,
          resumable: scene === 'partial' && index === 1,
        })),
      ];

  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  const emit = (event: EventName, payload: unknown = {}): void => {
    for (const listener of listeners.get(event) ?? []) listener(payload as never);
  };
  const matching = (input: Input<'lists.users'>): UserRow[] => {
    const needle = input.search?.toLowerCase() ?? '';
    const key = input.sort ?? 'displayName';
    return all
      .filter(
        (row) =>
          (needle === '' || `${row.displayName} ${row.email ?? ''}`.toLowerCase().includes(needle)) &&
          (input.connection === undefined || row.connection === input.connection) &&
          (input.installation === undefined || row.installation === input.installation) &&
          (input.status === undefined || row.status === input.status) &&
          (input.role === undefined || row.roles.includes(input.role)) &&
          (input.provider === undefined || row.provider === input.provider) &&
          (input.without !== 'email' || row.email === null) &&
          (input.expiring === undefined ||
            (row.expiresAt !== null &&
              (input.expiring === 'later' || row.expiresAt < start + Number(input.expiring) * 86_400_000))),
      )
      .toSorted((a, b) => {
        const [x, y] =
          key === 'installation'
            ? [a.installationName, b.installationName]
            : [String(a[key] ?? ''), String(b[key] ?? '')];
        return (x < y ? -1 : x > y ? 1 : 0) * (input.descending ? -1 : 1);
      });
  };

  const activity = scene === 'empty' ? [] : activityRows(connections, Date.now());
  const answers: {
    [M in MethodName]: (
      input: Input<M>,
      progress: (progress: Progress) => void,
      signal?: AbortSignal,
    ) => Result<Output<M>> | Promise<Result<Output<M>>>;
  } = {
    'app.info': () =>
      scene === 'broken'
        ? fail(
            'settings_corrupt',
            'The settings of Latchkey cannot be read.',
            'Put the file aside and start again; the copy is kept beside it.',
          )
        : ok({ version: '0.1.0', door: 'browser', vault, sandbox: false }),
    'vault.info': () => ok(vault),
    'app.clearAllData': () => {
      const signedOut = connections.map(({ name }) => ({ name, revoked: 'done' as const }));
      connections = [];
      return ok({ signedOut, left: [] });
    },
    'vault.unlock': () => {
      vault = { ...vault, state: 'open', reason: null, message: null };
      emit('vault.changed', vault);
      return ok(vault);
    },
    'vault.lock': () => {
      vault = { ...vault, state: 'locked', reason: 'console_locked', message: 'This console is locked.' };
      emit('vault.changed', vault);
      return ok({ vault, unsaved: [] });
    },
    'vault.active': () => ok({}),
    'vault.use': ({ kind, passphrase }) => {
      if (kind === 'file' && passphrase === 'wrong wrong')
        return fail('passphrase_wrong', 'That is not the passphrase of this file.', 'Try again.');
      vault = { kind, state: 'open', reason: null, message: null, file: vault.file || kind === 'file' };
      return ok(vault);
    },
    'providers.list': () => ok(providers),
    'connections.list': () => ok(connections),
    'connections.add': (input) => {
      if (connections.some(({ name }) => name === input.name))
        return fail(
          'connection_exists',
          `There is a connection "${input.name}" already.`,
          'Choose another name.',
        );
      const added = connection(input.name, input.provider, input.grant ?? 'authorization_code', {});
      connections = [...connections, added];
      return ok(added);
    },
    'connections.change': ({ id, name }) => {
      connections = connections.map((one) => (one.id === id ? { ...one, name: name ?? one.name } : one));
      const changed = connections.find((one) => one.id === id);
      return changed ? ok({ ...changed, revoked: null }) : fail('not_found', 'No such connection.', '');
    },
    'connections.remove': ({ id }) => {
      connections = connections.filter((one) => one.id !== id);
      return ok({ revoked: 'done' });
    },
    'connections.test': ({ clientSecret }) =>
      ok([
        { name: 'Discovery', ok: true, message: 'The issuer publishes its endpoints.', failure: null },
        clientSecret === 'wrong'
          ? {
              name: 'Token',
              ok: false,
              message: '',
              failure: {
                code: 'client_rejected',
                message: 'Salto KS refused the client secret.',
                hint: 'Check the secret of client acme-desktop, or ask your Salto contact for a new one.',
              },
            }
          : { name: 'Token', ok: true, message: 'The client was accepted.', failure: null },
      ]),
    'sessions.signIn': ({ id }, progress, signal) => {
      progress({
        kind: 'authorization',
        url: 'https://identity.salto-ks.example/authorize?client_id=acme-desktop',
        redirectUri: 'http://127.0.0.1:49152/callback',
        expiresAt: Date.now() + 250_000,
        failure: null,
      });
      return new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve(fail('cancelled', 'Cancelled.', '')));
        if (connections.find((one) => one.id === id)?.grant === 'client_credentials')
          resolve(ok({ subject: 'service', displayName: null, expiresAt: null }));
      });
    },
    'sessions.signOut': ({ id }) => {
      connections = connections.map((one) => (one.id === id ? { ...one, session: noSession } : one));
      return ok({ revoked: 'done' });
    },
    'sessions.renew': () => ok({ expiresAt: Date.now() + 3_600_000 }),
    'sessions.reveal': () => ok({ token: `eyJhbGciOiJSUzI1NiJ9.${'invented'.repeat(30)}.signature` }),
    'activity.list': ({ offset, limit, failed, connection }) => {
      const rows = activity.filter(
        (row) =>
          (connection === undefined || row.connection === connection) &&
          (failed !== true || row.failure !== null || (row.kind === 'request' && (row.status ?? 0) >= 400)),
      );
      return ok({ rows: rows.slice(offset, offset + limit), total: rows.length });
    },
    'activity.export': () =>
      ok({ kind: 'download', url: 'data:text/plain,invented', fileName: 'latchkey-activity.ndjson' }),
    'preferences.read': () => ok(preferences),
    'preferences.change': ({ proxyCredentials, ...changes }) => {
      preferences = {
        ...preferences,
        ...(Object.fromEntries(
          (Object.entries(changes) as [string, unknown][]).filter(([, value]) => value !== undefined),
        ) as Partial<Preferences>),
        ...(proxyCredentials !== undefined && {
          proxyUsername: proxyCredentials?.username ?? null,
          proxyPassword: proxyCredentials === null ? 'none' : 'stored',
        }),
      };
      emit('preferences.changed');
      return ok(preferences);
    },
    'settings.repair': () => ok({ from: 'nothing_to_repair', connections: connections.length, copy: null }),
    'app.diagnose': () =>
      ok({
        checks: [
          { name: 'vault', ok: true, message: 'The keychain is open.', hint: '' },
          { name: 'clock', ok: null, message: 'No server was asked for the time.', hint: '' },
          {
            name: 'host identity.salto-ks.example',
            ok: false,
            message: 'identity.salto-ks.example was not found: its name is not known to the name server.',
            hint: 'Check the address and your network connection.',
          },
        ],
      }),
    'sandbox.start': () => ok({ connections: [] }),
    'lists.sync': (_, progress, signal) => {
      let rows = 0;
      return new Promise((resolve) => {
        const timer = setInterval(() => {
          rows += 120;
          progress({ kind: 'list', connection: 'acme-ks', installation: 'i1', rows, total: 4200 });
        }, 200);
        signal?.addEventListener('abort', () => {
          clearInterval(timer);
          resolve(fail('cancelled', 'Cancelled.', ''));
        });
      });
    },
    'lists.states': () => ok(states),
    'lists.installations': ({ offset, limit, search = '', connection: only }) => {
      const rows = installations.filter(
        (row) =>
          row.name.toLowerCase().includes(search.toLowerCase()) &&
          (only === undefined || row.connection === only),
      );
      return ok({ rows: rows.slice(offset, offset + limit), total: rows.length });
    },
    'lists.users': (input) => {
      if (scene === 'million')
        return ok({
          rows: Array.from({ length: Math.min(input.limit, count - input.offset) }, (_, index) =>
            userAt(input.offset + index),
          ),
          total: count,
        });
      const rows = matching(input);
      return ok({ rows: rows.slice(input.offset, input.offset + input.limit), total: rows.length });
    },
    'lists.installation': (asked) =>
      ok({
        row:
          installations.find(({ connection: of, id }) => of === asked.connection && id === asked.id) ?? null,
      }),
    'lists.user': (asked) =>
      ok({
        row:
          all.find(
            (row) =>
              row.connection === asked.connection &&
              row.installation === asked.installation &&
              row.id === asked.id,
          ) ?? null,
      }),
    'lists.facets': (input) => {
      const rows = matching({ ...input, offset: 0, limit: 200 });
      const of = (
        name: FacetName,
        value: (row: UserRow) => readonly (readonly [string, string])[],
      ): Facet => {
        const counts = new Map<string, { label: string; count: number }>();
        for (const row of rows) {
          for (const [key, label] of value(row)) {
            counts.set(key, { label, count: (counts.get(key)?.count ?? 0) + 1 });
          }
        }
        const values = [...counts].map(([key, entry]) => ({ value: key, ...entry }));
        return { name, values: values.toSorted((a, b) => b.count - a.count), more: 0 };
      };
      const pair = (text: string): readonly (readonly [string, string])[] => [[text, text]];
      return ok({
        total: rows.length,
        facets: [
          of('provider', (row) => pair(row.provider)),
          of('connection', (row) => [[row.connection, row.connectionName]]),
          of('installation', (row) => [[row.installation, row.installationName]]),
          of('status', (row) => pair(row.status)),
          of('role', (row) => row.roles.flatMap(pair)),
          of('expiring', (row) => (row.expiresAt === null ? [] : pair('later'))),
          of('without', (row) => (row.email === null ? pair('email') : [])),
        ],
      });
    },
    'lists.overview': () => {
      const perInstallation = [...Map.groupBy(all, (row) => row.installation).values()].flatMap((rows) => {
        const [first] = rows;
        if (!first) return [];
        const status = { active: 0, pending: 0, suspended: 0, blocked: 0, expired: 0 };
        for (const row of rows) status[row.status] += 1;
        const soon = (days: number): number =>
          rows.filter(({ expiresAt }) => expiresAt !== null && expiresAt < start + days * 86_400_000).length;
        return [
          {
            connection: first.connection,
            connectionName: first.connectionName,
            provider: first.provider,
            installation: { id: first.installation, name: first.installationName },
            users: rows.length,
            status,
            expiring: { week: soon(7), month: soon(30) },
            withoutName: 0,
            withoutEmail: rows.filter(({ email }) => email === null).length,
          },
        ];
      });
      return ok({
        installations: installations.length,
        users: all.length,
        states: unread
          ? []
          : [{ state: 'maintenance', unusual: true, installations: 1, name: places[2] ?? null }],
        perInstallation,
      });
    },
    'lists.compare': ({ places: compared, find, offset, limit }) => {
      const chosen = compared.map(({ installation }) => installation);
      const people = [...Map.groupBy(all, ({ email }) => email ?? '').entries()].flatMap(([email, rows]) => {
        const users = rows.filter(({ installation }) => chosen.includes(installation));
        const where = new Set(users.map(({ installation }) => installation));
        const found = {
          only_first: where.size === 1 && where.has(chosen[0] ?? ''),
          everywhere: where.size === chosen.length,
          some: where.size > 0 && where.size < chosen.length,
          duplicates: users.length > where.size,
        }[find];
        if (email === '' || !found) return [];
        return [
          {
            email,
            displayName: users[0]?.displayName ?? '',
            users: users.map(
              ({
                connection: of,
                connectionName,
                installation,
                installationName,
                id,
                displayName,
                status,
              }) => ({
                connection: of,
                connectionName,
                installation,
                installationName,
                id,
                displayName,
                status,
              }),
            ),
          },
        ];
      });
      return ok({
        rows: people
          .toSorted((one, other) => one.displayName.localeCompare(other.displayName))
          .slice(offset, offset + limit),
        total: people.length,
        old: false,
        withoutEmail: all.filter(({ email, installation }) => email === null && chosen.includes(installation))
          .length,
        incomplete: [],
      });
    },
    'exports.start': ({ format }) =>
      ok({ kind: 'download', url: 'data:text/plain,invented', fileName: `latchkey-users.${format}` }),
    'lists.record': ({ id }) =>
      ok({
        json: JSON.stringify(
          { id, note: 'As the vendor sent it', nested: { roles: ['site_user'] } },
          null,
          2,
        ),
      }),
    'tokens.inspect': () => ok({ tokens: [fakeToken()], leftOut: 0, keyNotes: [] }),
    'tokens.compare': () => ok(fakeComparison()),
    'tokens.compareRenewed': () => ok(fakeComparison()),
    'tokens.introspect': () =>
      ok({ host: 'identity.example', active: true, members: [], raw: '{"active":true}' }),
    'tokens.keys': () => ok([]),
    'tokens.refreshKeys': () => ok([]),
    'requests.cancel': () => ok({}),
    ...systemUserAnswers,
  };

  return {
    async call(method, input, options = {}) {
      await Promise.resolve();
      const answer = await answers[method](
        structuredClone(input),
        (progress) => options.progress?.(progress),
        options.signal,
      );
      if (/^(vault\.use|connections\.(add|change|remove)|sessions\.signOut)$/.test(method))
        emit('connections.changed');
      return answer;
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set);
      set.add(listener);
      return () => set.delete(listener);
    },
    onConnection(listener) {
      if (scene === 'offline') setTimeout(() => listener(false), 300);
      return () => undefined;
    },
  };
}
