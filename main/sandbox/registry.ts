import type { Reach, SandboxAccount, SandboxClient, SandboxProvider } from './contract.ts';
import { konexusTenant } from './data/konexus.ts';
import { portfolioAccounts } from './data/salto-ks-portfolio.ts';

export const sandboxProviders = ['salto-ks', 'salto-nebula', 'konexus', 'smartenit'] as const;

export const vendorNames: Readonly<Record<SandboxProvider, string>> = {
  'salto-ks': 'Salto KS',
  'salto-nebula': 'Salto Nebula',
  konexus: 'Konexus',
  smartenit: 'Smartenit',
};

/** The scope of Nebula's API (vendor-apis 2.1). */
export const NEBULA_SCOPE = 'https://saltoapis.com/auth/nebula';

/** Every client of the sandbox. The secrets are demo data, printed by `sandbox --json`. */
export const sandboxClients: readonly SandboxClient[] = [
  ...clients('salto-ks', [
    [
      'authorization_code',
      'harbour-desktop',
      null,
      'none',
      'openid profile offline_access user_api.full_access',
    ],
    [
      'authorization_code',
      'harbour-console',
      'demo-anchor-11',
      'basic',
      'openid profile offline_access user_api.full_access',
    ],
    ['password', 'harbour-service', 'demo-lantern-23', 'basic', 'user_api.full_access'],
  ]),
  ...exercises('salto-ks', [
    ['password', 'harbour-service-offline', 'demo-buoy-31', 'basic', 'user_api.full_access offline_access'],
    // Reserved characters in id and secret: only a client that encodes them (RFC 6749 2.3.1) gets in.
    ['password', 'harbour:reserved+client', 'demo 100%:mast&keel+7', 'basic', 'user_api.full_access'],
  ]),
  ...clients('salto-nebula', [
    ['client_credentials', 'harbour-nebula-service', 'demo-comet-5', 'post', NEBULA_SCOPE],
  ]),
  ...exercises('salto-nebula', [
    ['client_credentials', 'harbour-nebula-programmatic', 'demo-comet-17', 'post', NEBULA_SCOPE],
    ['client_credentials', 'harbour-nebula-one', 'demo-comet-29', 'post', NEBULA_SCOPE, 1],
    [
      'authorization_code',
      'harbour-nebula-console',
      'demo-comet-41',
      'post',
      `openid offline profile email ${NEBULA_SCOPE}`,
    ],
  ]),
  ...clients('konexus', [
    ['client_credentials', `ext-${konexusTenant.id}-harbour`, 'demo-siren-7', 'post', 'tamarack content'],
  ]),
  ...exercises('konexus', [
    ['client_credentials', `ext-${konexusTenant.id}-alerting`, 'demo-siren-19', 'post', 'tamarack', 1],
  ]),
  ...clients('smartenit', [
    ['authorization_code', 'harbour-home-console', 'demo-ember-3', 'post', ''],
    ['implicit', 'harbour-home-page', null, 'none', ''],
    ['password', 'harbour-home-service', 'demo-ember-13', 'post', ''],
    ['client_credentials', 'harbour-home-setup', 'demo-ember-27', 'post', ''],
  ]),
];

/** The Nebula client that is authorised for "programmatic refresh tokens" (vendor-apis 2.1). */
export const PROGRAMMATIC_CLIENT = 'harbour-nebula-programmatic';

const PENDING_ROLE = 'pending invitation';

/** Every person who can be typed into a sign-in page. */
export const sandboxAccounts: readonly SandboxAccount[] = [
  ...accounts('salto-ks', [
    [
      '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be101',
      'vera.quay@harbour-partners.example',
      'demo-harbour-7',
      'integrator admin',
    ],
    [
      '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be102',
      'system.user@harbour-partners.example',
      'demo-harbour-12',
      'system user',
    ],
    [
      '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be103',
      'tomas.lind@harbour-partners.example',
      'demo-harbour-19',
      'support engineer',
    ],
  ]),
  ...accountExercises('salto-ks', [
    [
      '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be104',
      'ines.marlow@harbour-house.example',
      'demo-quayside-4',
      'site admin of one site',
      1,
    ],
    [
      '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be105',
      'absent.system@harbour-partners.example',
      'demo-quayside-9',
      'system user who is absent from every site',
      0,
    ],
    [
      '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be106',
      'pia.nordby@harbour-house.example',
      'demo-quayside-15',
      PENDING_ROLE,
      0,
    ],
    [
      '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be107',
      portfolioAccounts.manager,
      'demo-flotilla-21',
      'manager of 500 sites, for setting up a system user',
      0,
    ],
    [
      '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be108',
      portfolioAccounts.systemUser,
      'demo-flotilla-34',
      'system user at some of the 500 sites',
      0,
    ],
    ['5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be109', portfolioAccounts.newcomer, 'demo-flotilla-55', PENDING_ROLE, 0],
  ]),
  ...accountExercises('salto-nebula', [
    ['01JZ7H3Q5VERAQUAY000000001', 'vera.quay@harbour-partners.example', 'demo-harbour-7', 'owner', 'all'],
  ]),
  ...accounts('smartenit', [
    ['5a1f0c3d9b7e4a2c6d8f0b11', 'vera.quay@harbour-partners.example', 'demo-harbour-7', 'integrator admin'],
    ['5a1f0c3d9b7e4a2c6d8f0b12', 'system.user@harbour-partners.example', 'demo-harbour-12', 'system user'],
    [
      '5a1f0c3d9b7e4a2c6d8f0b13',
      'tomas.lind@harbour-partners.example',
      'demo-harbour-19',
      'support engineer',
    ],
  ]),
  ...accountExercises('smartenit', [
    [
      '5a1f0c3d9b7e4a2c6d8f0b14',
      'ines.marlow@harbour-house.example',
      'demo-quayside-4',
      'resident of one location',
      1,
    ],
    [
      '5a1f0c3d9b7e4a2c6d8f0b15',
      'absent.system@harbour-partners.example',
      'demo-quayside-9',
      'system user who is absent from every location',
      0,
    ],
  ]),
];

export function clientsOf(provider: SandboxProvider): readonly SandboxClient[] {
  return sandboxClients.filter((client) => client.provider === provider);
}

export function accountsOf(provider: SandboxProvider): readonly SandboxAccount[] {
  return sandboxAccounts.filter((account) => account.provider === provider);
}

/** True for a person who was invited and has not accepted: known, but cannot sign in yet (vendor-apis 1.8). */
export function isPending(account: SandboxAccount): boolean {
  return account.role === PENDING_ROLE;
}

type ClientRow = readonly [
  grant: SandboxClient['grant'],
  clientId: string,
  clientSecret: string | null,
  clientAuth: SandboxClient['clientAuth'],
  scope: string,
  reach?: Reach,
];

function clients(provider: SandboxProvider, rows: readonly ClientRow[], exercise = false): SandboxClient[] {
  return rows.map(([grant, clientId, clientSecret, clientAuth, scope, reach = 'all']) => ({
    provider,
    grant,
    clientId,
    clientSecret,
    clientAuth,
    scope,
    reach,
    exercise,
  }));
}

function exercises(provider: SandboxProvider, rows: readonly ClientRow[]): SandboxClient[] {
  return clients(provider, rows, true);
}

type AccountRow = readonly [id: string, username: string, password: string, role: string, reach?: Reach];

function accounts(
  provider: SandboxProvider,
  rows: readonly AccountRow[],
  exercise = false,
): SandboxAccount[] {
  return rows.map(([id, username, password, role, reach = 'all']) => ({
    provider,
    id,
    username,
    password,
    role,
    reach,
    exercise,
  }));
}

function accountExercises(provider: SandboxProvider, rows: readonly AccountRow[]): SandboxAccount[] {
  return accounts(provider, rows, true);
}
