import type { ConnectionInput } from '../connections/describe.ts';
import type { CredentialsInput } from '../console/manage-connections.ts';
import type { Grant, ProviderId } from '../providers/provider.ts';
import type { SandboxDescription } from '../sandbox/description.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';

/** The sandbox inside this console: started when it is first wanted, ended with the console. */
export interface RunningSandbox {
  running(): boolean;
  /** Starts it, or gives the one that runs. */
  start(): Promise<SandboxDescription>;
  /** Accepts the invitations of an address, as the link in the mail would; false when there are none. */
  accept(email: string): Promise<boolean>;
  close(): Promise<void>;
}

export function createRunningSandbox(): RunningSandbox {
  let sandbox: Promise<Sandbox> | null = null;
  let running = false;
  return {
    running: () => running,
    async start() {
      sandbox ??= import('../sandbox/sandbox.ts').then(({ startSandbox }) => startSandbox());
      try {
        const { description } = await sandbox;
        running = true;
        return description;
      } catch (error) {
        sandbox = null; // the next one tries again
        throw error;
      }
    },
    async accept(email) {
      return (await sandbox)?.accept(email) ?? false;
    },
    async close() {
      running = false;
      await (await sandbox?.catch(() => null))?.close();
    },
  };
}

interface SandboxConnection {
  readonly name: string;
  readonly provider: ProviderId;
  readonly input: ConnectionInput;
  readonly credentials: CredentialsInput;
}

/** The grant that shows each platform as most of its users meet it. */
const grantOf: Readonly<Record<string, Grant>> = {
  'salto-ks': 'authorization_code',
  'salto-nebula': 'client_credentials',
  konexus: 'client_credentials',
  smartenit: 'authorization_code',
};

/** One connection to each platform of the sandbox. Its secrets are invented and public. */
export function sandboxConnections({ vendors }: SandboxDescription): readonly SandboxConnection[] {
  return vendors.flatMap((vendor): SandboxConnection[] => {
    const { provider, issuer, authorizationEndpoint, tokenEndpoint, apiBase } = vendor;
    const client = vendor.clients.find(({ grant }) => grant === grantOf[provider]);
    if (client === undefined) return [];
    const { grant, clientId, clientAuth, clientSecret, scope } = client;
    return [
      {
        name: `sandbox-${provider}`,
        provider,
        input: {
          environment: 'sandbox',
          ownSandbox: true,
          grant,
          clientId,
          clientAuth,
          ...(scope !== '' && { scope }),
          overrides: {
            apiBase,
            ...(issuer === null ? { authorizationEndpoint, tokenEndpoint } : { issuer }),
          },
        },
        credentials: clientSecret === null ? {} : { clientSecret },
      },
    ];
  });
}
