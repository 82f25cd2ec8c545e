import { type Result, ok } from '../../preload/errors.ts';
import type { Vault } from './vault.ts';

/** Who we are to a proxy. Only ever sent to the proxy it was given for. */
export interface ProxyCredentials {
  /** The proxy's origin, e.g. `http://proxy.example:3128`. */
  readonly proxy: string;
  readonly username: string;
  readonly password: string;
}

const item = 'proxy-credentials';

/** The ones for that proxy; null where there are none, or they are for another. Errors: the vault's. */
export async function readProxyCredentials(
  vault: Vault,
  proxy: string,
): Promise<Result<ProxyCredentials | null>> {
  const text = await vault.read(item);
  if (!text.ok) return text;
  const kept = text.value === null ? null : parse(text.value);
  return ok(kept?.proxy === proxy ? kept : null);
}

/** Keeps them in the place of those before. Errors: the vault's. */
export function storeProxyCredentials(vault: Vault, credentials: ProxyCredentials): Promise<Result<void>> {
  return vault.write(item, JSON.stringify({ version: 1, ...credentials }));
}

/** Errors: the vault's. */
export function removeProxyCredentials(vault: Vault): Promise<Result<void>> {
  return vault.remove(item);
}

function parse(text: string): ProxyCredentials | null {
  try {
    const { proxy, username, password } = JSON.parse(text) as Partial<Record<string, unknown>>;
    return typeof proxy === 'string' && typeof username === 'string' && typeof password === 'string'
      ? { proxy, username, password }
      : null;
  } catch {
    return null;
  }
}
