import { statSync } from 'node:fs';
import path from 'node:path';
import { type Result, ok } from '../../preload/errors.ts';
import { settingsName } from '../connections/settings-file.ts';
import { readSettings } from '../connections/settings.ts';
import { type Network, certificateFiles } from '../http/network.ts';
import type { Environment } from '../http/proxy.ts';
import { readProxyCredentials } from '../vault/proxy-credentials.ts';
import type { Vault } from '../vault/vault.ts';

/**
 * How requests travel as the settings say now: whoever changes them, in whichever door, need not restart the others. The
 * file is read again when it is another one. Errors of what it gives: settings_corrupt, profile_unusable; nothing is sent
 * past a proxy that may have been set.
 */
export function networkSettings({
  home,
  vault,
  env,
}: {
  readonly home: string;
  readonly vault: Vault;
  readonly env: Environment;
}): () => Result<Network> {
  const file = path.join(home, settingsName);
  let known: { readonly stamp: string; readonly network: Network } | null = null;
  return () => {
    const stamp = stampOf(file);
    if (known?.stamp === stamp) return ok(known.network);
    const settings = readSettings(home);
    if (!settings.ok) return settings;
    const { proxy, proxySignIn, noProxy, caFile, systemCa } = settings.value.preferences;
    const network: Network = {
      proxy,
      noProxy,
      proxyCredentials: proxySignIn ? () => readProxyCredentials(vault, proxy) : null,
      certificates: {
        files: [
          ...(caFile === null ? [] : [{ path: caFile, from: 'the setting caFile' }]),
          ...certificateFiles(env),
        ],
        system: systemCa,
      },
    };
    known = { stamp, network };
    return ok(network);
  };
}

/** Tells two contents of a file that is always replaced as a whole apart. */
function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? 'none' : `${found.ino} ${found.size} ${found.mtimeMs}`;
}
