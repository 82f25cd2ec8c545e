import type { SandboxClient, SandboxProvider, Switches } from './contract.ts';
import type { InstallationSummary } from './data/world.ts';
import { accountsOf, clientsOf, sandboxProviders } from './registry.ts';

export interface DescribedClient {
  readonly grant: SandboxClient['grant'];
  readonly clientId: string;
  readonly clientSecret: string | null;
  readonly clientAuth: SandboxClient['clientAuth'];
  /** Space-separated, empty for none. */
  readonly scope: string;
}

export interface DescribedAccount {
  readonly username: string;
  readonly password: string;
  readonly role: string;
}

export interface DescribedVendor {
  readonly provider: SandboxProvider;
  /** Null where the vendor has no discovery. */
  readonly issuer: string | null;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  /** No trailing slash. */
  readonly apiBase: string;
  readonly clients: readonly DescribedClient[];
  readonly accounts: readonly DescribedAccount[];
  readonly installations: readonly InstallationSummary[];
  /** Made for exercises: absent or one-installation accounts and clients, and such as need a switch. */
  readonly exercises: {
    readonly clients: readonly DescribedClient[];
    readonly accounts: readonly DescribedAccount[];
  };
}

/** The object that `latchkey sandbox --json` prints. */
export interface SandboxDescription {
  readonly control: string;
  readonly vendors: readonly DescribedVendor[];
}

interface Endpoints {
  readonly issuer: boolean;
  readonly authorization: string;
  readonly token: string;
  readonly api: string;
}

const ENDPOINTS: Readonly<Record<SandboxProvider, Endpoints>> = {
  'salto-ks': { issuer: true, authorization: '/connect/authorize', token: '/connect/token', api: '' },
  'salto-nebula': { issuer: true, authorization: '/oauth2/auth', token: '/oauth2/token', api: '' },
  konexus: { issuer: true, authorization: '/connect/authorize', token: '/connect/token', api: '/api' },
  smartenit: { issuer: false, authorization: '/v2/oauth2/authorize', token: '/v2/oauth2/token', api: '/v2' },
};

/** Describes the sandbox as it is at this moment: numbers of users and switches may have changed since its start. */
export function describeSandbox(options: {
  control: string;
  origins: Readonly<Record<SandboxProvider, string>>;
  switches: Switches;
  installations: (provider: SandboxProvider) => readonly InstallationSummary[];
}): SandboxDescription {
  const { control, origins, switches, installations } = options;
  return {
    control,
    vendors: sandboxProviders.map((provider): DescribedVendor => {
      const origin = origins[provider];
      const { issuer, authorization, token, api } = ENDPOINTS[provider];
      // Nebula's interactive sign-in is undocumented; with its switch on, it is as good as any other.
      const nebulaCode = provider === 'salto-nebula' && switches['nebula.authorizationCode'] === true;
      const isExercise = (entry: { exercise: boolean; grant?: string }): boolean =>
        entry.exercise && !(nebulaCode && (entry.grant ?? 'authorization_code') === 'authorization_code');
      const clients = clientsOf(provider);
      const accounts = accountsOf(provider);
      return {
        provider,
        issuer: issuer ? origin : null,
        authorizationEndpoint: `${origin}${authorization}`,
        tokenEndpoint: `${origin}${token}`,
        apiBase: `${origin}${api}`,
        clients: clients.filter((client) => !isExercise(client)).map(describeClient),
        accounts: accounts.filter((account) => !isExercise(account)).map(describeAccount),
        installations: installations(provider),
        exercises: {
          clients: clients.filter(isExercise).map(describeClient),
          accounts: accounts.filter(isExercise).map(describeAccount),
        },
      };
    }),
  };
}

function describeClient({
  grant,
  clientId,
  clientSecret,
  clientAuth,
  scope,
}: SandboxClient): DescribedClient {
  return { grant, clientId, clientSecret, clientAuth, scope };
}

function describeAccount({ username, password, role }: DescribedAccount): DescribedAccount {
  return { username, password, role };
}
