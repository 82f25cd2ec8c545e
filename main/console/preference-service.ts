import path from 'node:path';
import { type PreferenceField, type Result, fail, ok } from '../../preload/errors.ts';
import type { Preferences } from '../connections/preferences.ts';
import { type Repaired, repairSettings } from '../connections/repair-settings.ts';
import { changeSettings, readSettings } from '../connections/settings.ts';
import { readCertificateFile } from '../http/certificates.ts';
import { checkProxyAddress, environmentProxy, isNoProxyList } from '../http/proxy.ts';
import {
  readProxyCredentials,
  removeProxyCredentials,
  storeProxyCredentials,
} from '../vault/proxy-credentials.ts';
import type { Vault } from '../vault/vault.ts';

/** What a person set for all connections, without the proxy's password. */
export interface PreferencesInfo extends Omit<Preferences, 'proxySignIn'> {
  readonly proxyUsername: string | null;
  /** `unknown`: there is one, but the vault is not open. */
  readonly proxyPassword: 'none' | 'stored' | 'unknown';
  /** What the environment says, which `system` and the settings above stand beside. */
  readonly environment: {
    /** The variable that names a proxy, and that proxy's host without credentials. */
    readonly proxy: { readonly variable: string; readonly host: string | null } | null;
    readonly noProxy: string | null;
    readonly caFile: string | null;
  };
}

/** What is to be different; what is left out stays. */
export interface PreferencesChange {
  /** `system`, `none` or an address. Another address than before takes user name and password away. */
  readonly proxy?: string;
  /** For the proxy with this change; null takes them away. */
  readonly proxyCredentials?: { readonly username: string; readonly password: string } | null;
  readonly noProxy?: string;
  /** An absolute path. */
  readonly caFile?: string | null;
  readonly systemCa?: boolean;
  readonly lockAfterMinutes?: number | null;
  /** Turning it off removes what was kept. */
  readonly keepLists?: boolean;
  readonly theme?: Preferences['theme'];
  /** Of the lists that are named; the others stay as they are. */
  readonly columns?: Preferences['columns'];
}

export interface PreferenceService {
  /** Errors: settings_corrupt, profile_unusable. */
  read(): Promise<Result<PreferencesInfo>>;
  /** Errors: input_invalid, those of `read`, vault_*, timeout. Nothing is changed then. */
  change(changes: PreferencesChange): Promise<Result<PreferencesInfo>>;
  /** See {@link repairSettings}. */
  repair(empty: boolean): Promise<Result<Repaired>>;
}

interface Parts {
  readonly home: string;
  readonly vault: Vault;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The preferences of this profile. */
export function preferenceService({ home, vault, env }: Parts): PreferenceService {
  async function info(preferences: Preferences): Promise<PreferencesInfo> {
    const { proxySignIn, ...shown } = preferences;
    const credentials = proxySignIn ? await readProxyCredentials(vault, shown.proxy) : ok(null);
    const stored = credentials.ok && credentials.value !== null;
    return {
      ...shown,
      proxyUsername: stored ? credentials.value.username : null,
      proxyPassword: stored ? 'stored' : credentials.ok ? 'none' : 'unknown',
      environment: {
        proxy: environmentProxy(env),
        noProxy: env.no_proxy ?? env.NO_PROXY ?? null,
        caFile: env.LATCHKEY_CA_FILE ?? env.NODE_EXTRA_CA_CERTS ?? null,
      },
    };
  }

  return {
    async read() {
      const settings = readSettings(home);
      return settings.ok ? ok(await info(settings.value.preferences)) : settings;
    },

    async change(changes) {
      const checked = await check(changes);
      if (!checked.ok) return checked;
      const before = readSettings(home);
      if (!before.ok) return before;
      const proxy = checked.value.proxy ?? before.value.preferences.proxy;
      const { proxyCredentials } = changes;
      if (proxyCredentials) {
        if (proxy === 'system' || proxy === 'none') {
          return fail(
            'input_invalid',
            'A user name and password for the proxy are kept only for a proxy whose address is set here.',
            'Give its address too, for example http://proxy.example:3128.',
            'proxy',
          );
        }
        // Secrets first: a proxy that is set can always be used.
        const stored = await storeProxyCredentials(vault, { proxy, ...proxyCredentials });
        if (!stored.ok) return stored;
      }
      const forget =
        before.value.preferences.proxySignIn &&
        !proxyCredentials &&
        (proxyCredentials === null || proxy !== before.value.preferences.proxy);
      const changed = await changeSettings(home, (settings) =>
        ok({
          ...settings,
          preferences: {
            ...settings.preferences,
            ...checked.value,
            ...(changes.columns && { columns: { ...settings.preferences.columns, ...changes.columns } }),
            ...(proxyCredentials && { proxySignIn: true }),
            ...(forget && { proxySignIn: false }),
          },
        }),
      );
      if (!changed.ok) return changed;
      if (forget) {
        const removed = await removeProxyCredentials(vault);
        if (!removed.ok) return removed;
      }
      if (!changed.value.preferences.keepLists) {
        const { removeAllSnapshots } = await import('../directory/snapshot.ts');
        const removed = await removeAllSnapshots(home);
        if (!removed.ok) return removed;
      }
      return ok(await info(changed.value.preferences));
    },

    repair: (empty) => repairSettings(home, empty),
  };
}

/** That the failure is about this field. */
function at(
  field: PreferenceField,
  { error }: Extract<Result<never>, { readonly ok: false }>,
): Result<never> {
  return { ok: false, error: { ...error, field } };
}

/** Errors: input_invalid. */
async function check(changes: PreferencesChange): Promise<Result<Partial<Preferences>>> {
  const { noProxy, caFile, systemCa, lockAfterMinutes, keepLists, theme, proxyCredentials } = changes;
  let { proxy } = changes;
  if (proxy !== undefined && proxy !== 'system' && proxy !== 'none') {
    const address = checkProxyAddress(proxy);
    if (!address.ok) return at('proxy', address);
    proxy = address.value.origin;
  }
  if (proxyCredentials && !/^[^\p{Cc}:]+$/u.test(proxyCredentials.username)) {
    // RFC 7617 2: the user name ends at the first colon.
    return fail(
      'input_invalid',
      'The user name for the proxy is empty, or has a colon or a control character in it.',
      'Give it as the people who run the proxy gave it to you.',
      'proxyUsername',
    );
  }
  if (noProxy !== undefined && !isNoProxyList(noProxy)) {
    return fail(
      'input_invalid',
      'The list of hosts without a proxy has something in it that is no host.',
      'Give names or addresses separated by commas, for example intranet.example, *.local, 10.0.0.0/8.',
      'noProxy',
    );
  }
  if (typeof caFile === 'string') {
    if (!path.isAbsolute(caFile)) {
      return fail(
        'input_invalid',
        'The file with the extra certificates is not given with its whole path.',
        'For example /etc/ssl/company-ca.pem.',
        'caFile',
      );
    }
    const read = await readCertificateFile(caFile, 'the setting caFile');
    if (!read.ok) return at('caFile', read);
  }
  if (typeof lockAfterMinutes === 'number' && !(lockAfterMinutes >= 1 && lockAfterMinutes <= 1440)) {
    return fail(
      'input_invalid',
      'The console locks itself after 1 to 1440 minutes, or never.',
      'Give a whole number of minutes.',
    );
  }
  return ok({
    ...(proxy !== undefined && { proxy }),
    ...(noProxy !== undefined && { noProxy }),
    ...(caFile !== undefined && { caFile }),
    ...(systemCa !== undefined && { systemCa }),
    ...(lockAfterMinutes !== undefined && { lockAfterMinutes }),
    ...(keepLists !== undefined && { keepLists }),
    ...(theme !== undefined && { theme }),
  });
}
