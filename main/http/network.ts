import type { Result } from '../../preload/errors.ts';
import type { ExtraCertificates } from './certificates.ts';
import type { Environment } from './proxy.ts';

/** How requests travel, as a person set it. */
export interface Network {
  /** `system`: as the desktop or the environment says; `none`: always direct; else the address of a proxy. */
  readonly proxy: string;
  /** User name and password for that address, asked for when it is used; null where it needs none. */
  readonly proxyCredentials:
    (() => Promise<Result<{ readonly username: string; readonly password: string } | null>>) | null;
  /** Hosts without a proxy, as in NO_PROXY and besides it. */
  readonly noProxy: string;
  readonly certificates: ExtraCertificates;
}

/** Where nothing was set: what the environment says. */
export function environmentNetwork(env: Environment): Network {
  return {
    proxy: 'system',
    proxyCredentials: null,
    noProxy: '',
    certificates: { files: certificateFiles(env), system: true },
  };
}

/** The file that LATCHKEY_CA_FILE names. */
export function certificateFiles(env: Environment): { readonly path: string; readonly from: string }[] {
  return env.LATCHKEY_CA_FILE ? [{ path: env.LATCHKEY_CA_FILE, from: 'LATCHKEY_CA_FILE' }] : [];
}
