import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Failure, exitCodes } from '../../preload/errors.ts';
import { span } from '../clock.ts';
import { connectionEndpoints } from '../connections/endpoints.ts';
import { readSettings } from '../connections/settings.ts';
import { type Settings, emptySettings } from '../connections/settings-format.ts';
import { readCertificateFile } from '../http/certificates.ts';
import { certificateFiles } from '../http/network.ts';
import { environmentProxy } from '../http/proxy.ts';
import { type Http, HttpError } from '../http/seam.ts';
import { makeFolder } from '../make-folder.ts';
import type { Vault, VaultKind, VaultReason, VaultState } from '../vault/vault.ts';
import { version } from '../version.ts';
import type { ServiceParts, StepProgress } from './parts.ts';

export interface Check {
  readonly name: string;
  /** Null: it could not be looked at, which is neither good nor bad. */
  readonly ok: boolean | null;
  readonly message: string;
  /** What to do; empty where nothing has to be done. */
  readonly hint: string;
}

/** What `latchkey doctor --json` prints. */
export interface Diagnosis {
  readonly vault: {
    readonly kind: string;
    readonly state: 'open' | 'locked' | 'absent';
    readonly reason: string | null;
  };
  readonly runtime: {
    readonly latchkey: string;
    readonly node: string;
    readonly platform: string;
    readonly electron: string | null;
    readonly profile: string;
  };
  readonly network: {
    /** The setting: `system`, `none` or an address. */
    readonly proxy: string;
    /** Variables that name a proxy, without their values (they may hold a password). */
    readonly proxyVariables: readonly string[];
    readonly caFile: string | null;
    readonly hosts: readonly Host[];
  };
  readonly clock: { readonly now: string; readonly skewSeconds: number | null };
  readonly checks: readonly Check[];
}

interface Host {
  readonly host: string;
  readonly reached: boolean;
  readonly skewSeconds: number | null;
}

/** A clock further off than this makes servers refuse or tokens look wrong (the inspector's tolerance). */
const tolerableSkewSeconds = 60;

/**
 * Looks at everything a sign-in depends on. The network is asked for nothing but the hosts of the connections, and for
 * these only a page without a token. Nothing is made or changed but the profile folder, where it is missing.
 *
 * @param progress told how many of the hosts were looked at
 */
export async function diagnose(
  parts: ServiceParts,
  signal?: AbortSignal,
  progress?: StepProgress,
): Promise<Diagnosis> {
  const { home, vault, env } = parts;
  const state = await vault.state();
  const settings = readSettings(home);
  const known = settings.ok ? settings.value : emptySettings();
  const { preferences } = known;
  const origins = originsOf(parts, known);
  let done = 0;
  const looked = await Promise.all(
    origins.map(async (origin) => {
      const found = await reach(parts.http, origin, state, signal);
      done += 1;
      progress?.(done, origins.length);
      return found;
    }),
  );
  const skewSeconds = furthest(looked.map(({ host }) => host.skewSeconds));
  const electron = electronVersion();
  const checks: Check[] = [
    checkVersions(electron),
    checkVault(vault, state),
    checkProfile(home),
    checkSettings(settings.ok ? known : settings.error),
    checkProxy(preferences.proxy, env),
    ...(await checkCertificates(preferences.caFile, env)),
    ...looked.map(({ check }) => check),
    checkClock(skewSeconds),
  ];
  return {
    vault: {
      kind: vault.kind,
      state: state.state,
      reason: state.state === 'open' ? null : state.reason,
    },
    runtime: {
      latchkey: version,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      electron,
      profile: home,
    },
    network: {
      proxy: preferences.proxy,
      proxyVariables: Object.keys(env).filter(
        (name) => /^(https?|all|no)_proxy$/i.test(name) && env[name] !== '',
      ),
      caFile: preferences.caFile ?? env.LATCHKEY_CA_FILE ?? null,
      hosts: looked.map(({ host }) => host),
    },
    clock: { now: new Date(parts.clock.now()).toISOString(), skewSeconds },
    checks,
  };
}

/** Good, and nothing to do. */
function good(name: string, message: string): Check {
  return { name, ok: true, message, hint: '' };
}

function bad(name: string, { message, hint }: Pick<Failure, 'message' | 'hint'>): Check {
  return { name, ok: false, message, hint };
}

/** Could not be looked at. */
function unknown(name: string, message: string, hint = ''): Check {
  return { name, ok: null, message, hint };
}

function checkVersions(electron: string | null): Check {
  const { platform, arch, versions } = process;
  const inside = Object.hasOwn(versions, 'electron');
  const runtime = inside ? `Electron ${electron} (Node ${versions.node})` : `Node ${versions.node}`;
  const beside = electron === null || inside ? '' : ` Electron ${electron} is installed beside it.`;
  return good('latchkey', `Latchkey ${version} on ${runtime}, ${platform} ${arch}.${beside}`);
}

const vaultNames: Readonly<Record<VaultKind, string>> = {
  keychain: 'The keychain',
  file: 'The encrypted file',
  memory: 'The memory of this run',
};

const elsewhere = 'keep secrets in an encrypted file: --vault file --passphrase-env VAR';

/** What helps against each reason; what belongs to the keychain is not said of the file. */
const vaultHints: Readonly<Record<VaultReason, string>> = {
  no_dbus: `Start Latchkey from a terminal of the present desktop session (one in tmux or screen may remember an ended one) or under dbus-run-session, or ${elsewhere}`,
  no_service: `Install and start gnome-keyring, KWallet or KeePassXC's Secret Service, or ${elsewhere}`,
  service_hung: `End the keychain's service and start it again, or ${elsewhere}`,
  locked: `Unlock the keychain and try again, or ${elsewhere}`,
  console_locked: 'Unlock the console.',
  denied: `Allow Latchkey to use the keychain and try again, or ${elsewhere}`,
  library_missing: `Install what is missing (on Debian: apt install libsecret-1-0), or ${elsewhere}`,
  passphrase_needed: 'Put the passphrase into an environment variable and name it with --passphrase-env VAR.',
  passphrase_wrong: 'Check the passphrase in the variable that --passphrase-env names; nobody can reset it.',
  file_corrupt:
    'Put vault.age and vault-key.age back from a backup, or take both away and sign in again: what they held is lost then.',
};

function checkVault(vault: Vault, state: VaultState): Check {
  return state.state === 'open'
    ? good('vault', `${vaultNames[vault.kind]} is open.`)
    : bad('vault', { message: state.message, hint: vaultHints[state.reason] });
}

function checkProfile(home: string): Check {
  try {
    makeFolder(home);
    accessSync(home, constants.R_OK | constants.W_OK);
    const open = process.platform !== 'win32' && (statSync(home).mode & 0o077) !== 0;
    return open
      ? bad('profile', {
          message: `The profile folder ${home} can be looked into by other users of this computer.`,
          hint: `Shut it: chmod 700 ${home}`,
        })
      : good('profile', `The profile folder is ${home}.`);
  } catch (error) {
    return bad('profile', {
      message: `The profile folder ${home} cannot be used: ${(error as Error).message}`,
      hint: 'Choose another folder, one that you may write to, with the environment variable LATCHKEY_HOME.',
    });
  }
}

function checkSettings(settings: Settings | Failure): Check {
  if ('code' in settings) return bad('settings', settings);
  const { length: count } = settings.connections;
  return good(
    'settings',
    count === 1 ? 'One connection is configured.' : `${count} connections are configured.`,
  );
}

function checkProxy(proxy: string, env: ServiceParts['env']): Check {
  if (proxy === 'none') return good('proxy', 'No proxy is used (the setting proxy is "none").');
  if (proxy !== 'system') return good('proxy', `Everything goes through ${proxy} (the setting proxy).`);
  const named = environmentProxy(env);
  if (named === null) {
    return good('proxy', 'No proxy is set, here or in the environment. The desktop asks the system for one.');
  }
  return named.host === null
    ? bad('proxy', {
        message: `${named.variable} does not hold the address of a proxy that can be used.`,
        hint: 'Write it like http://proxy.example:3128, or set one here: latchkey settings set proxy ADDRESS',
      })
    : good('proxy', `${named.variable} names the proxy ${named.host}.`);
}

/** Nothing where no certificates were given. */
async function checkCertificates(caFile: string | null, env: ServiceParts['env']): Promise<Check[]> {
  const files = [
    ...(caFile === null ? [] : [{ path: caFile, from: 'the setting caFile' }]),
    ...certificateFiles(env),
  ];
  return Promise.all(
    files.map(async ({ path, from }) => {
      const read = await readCertificateFile(path, from);
      if (!read.ok) return bad('certificates', read.error);
      const { length: count } = read.value;
      return good(
        'certificates',
        `${count === 1 ? 'One more authority is' : `${count} more authorities are`} trusted: ${path} (${from}).`,
      );
    }),
  );
}

/** Where the connections sign in, and where their APIs are. */
function originsOf(parts: ServiceParts, { connections }: Settings): readonly string[] {
  const origins = new Set<string>();
  for (const connection of connections) {
    const { issuer, tokenEndpoint, apiBase } = connectionEndpoints(
      connection,
      parts.profileOf(connection.provider),
    );
    for (const address of [issuer ?? tokenEndpoint, apiBase]) {
      if (address !== undefined && URL.canParse(address)) origins.add(new URL(address).origin);
    }
  }
  return [...origins];
}

async function reach(
  http: Http,
  origin: string,
  vault: VaultState,
  signal: AbortSignal | undefined,
): Promise<{ readonly host: Host; readonly check: Check }> {
  const { host } = new URL(origin);
  const name = `host ${host}`;
  try {
    await http.fetch(origin, { about: { purpose: 'check' }, ...(signal && { signal }) });
    return {
      host: { host, reached: true, skewSeconds: http.skewSeconds(origin) },
      check: good(name, `${host} answers.`),
    };
  } catch (error) {
    const unreached = { host, reached: false, skewSeconds: null };
    if (error instanceof HttpError) {
      const { failure } = error;
      // The vault has its own line: what it keeps from us here is not said again for each host.
      const check =
        vault.state !== 'open' && exitCodes[failure.code] === exitCodes.vault_locked
          ? unknown(name, `${host} was not asked: the proxy's user name and password are in the vault.`)
          : bad(name, failure);
      return { host: unreached, check };
    }
    if (!signal?.aborted) throw error;
    return { host: unreached, check: unknown(name, `${host} was not waited for.`) };
  }
}

function furthest(skews: readonly (number | null)[]): number | null {
  return skews
    .filter((skew) => skew !== null)
    .reduce<number | null>((a, b) => (a === null || Math.abs(b) > Math.abs(a) ? b : a), null);
}

function checkClock(skewSeconds: number | null): Check {
  if (skewSeconds === null) {
    return unknown(
      'clock',
      'Not compared: no server has told the time.',
      'Add a connection, or put right what keeps its host from being reached.',
    );
  }
  const seconds = Math.abs(skewSeconds);
  if (seconds <= tolerableSkewSeconds) {
    return good(
      'clock',
      `This computer's clock agrees with the servers${seconds < 2 ? '' : `, but for ${seconds} s`}.`,
    );
  }
  return bad('clock', {
    message: `This computer's clock is ${span(seconds * 1000)} ${skewSeconds > 0 ? 'behind' : 'ahead of'} the servers.`,
    hint: 'Set the clock by the network: sign-ins and tokens depend on it.',
  });
}

/** The version of the Electron package that is installed beside us, or null. */
function electronVersion(): string | null {
  const running = (process.versions as Partial<NodeJS.ProcessVersions>).electron;
  if (running !== undefined) return running;
  try {
    const manifest = createRequire(import.meta.url)('electron/package.json') as { version?: unknown };
    return typeof manifest.version === 'string' ? manifest.version : null;
  } catch {
    return null;
  }
}
