import { access, constants, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Clock } from '../clock.ts';
import { connectionEndpoints } from '../connections/endpoints.ts';
import { readSettings } from '../connections/settings.ts';
import { type Http, HttpError } from '../http/seam.ts';
import type { ServiceParts } from './parts.ts';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
  /** What to do; empty where all is well. */
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
    readonly node: string;
    readonly platform: string;
    readonly electron: string | null;
    readonly profile: string;
  };
  readonly network: {
    /** Variables that name a proxy, without their values (they may hold a password). */
    readonly proxyVariables: readonly string[];
    readonly caFile: string | null;
    readonly hosts: readonly {
      readonly host: string;
      readonly reached: boolean;
      readonly skewSeconds: number | null;
    }[];
  };
  readonly clock: { readonly now: string; readonly skewSeconds: number | null };
  readonly checks: readonly Check[];
}

/** A clock further off than this makes servers refuse or tokens look wrong (the inspector's tolerance). */
const tolerableSkewSeconds = 60;

/**
 * Looks at everything a sign-in depends on. The network is asked for nothing but the hosts of the connections, and for
 * these only a page without a token.
 */
export async function diagnose(
  parts: ServiceParts,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Diagnosis> {
  const state = await parts.vault.state();
  const vaultOpen = state.state === 'open';
  const reason = state.state === 'open' ? null : state.reason;
  const checks: Check[] = [
    {
      name: 'vault',
      ok: vaultOpen,
      message: state.state === 'open' ? `The ${parts.vault.kind} is open.` : state.message,
      hint: vaultOpen
        ? ''
        : 'Unlock it and try again, or keep secrets in an encrypted file: --vault file --passphrase-env VAR',
    },
    await checkProfile(parts.home),
  ];
  const settings = readSettings(parts.home);
  checks.push(
    settings.ok
      ? {
          name: 'settings',
          ok: true,
          message: configured(settings.value.connections.length),
          hint: '',
        }
      : { name: 'settings', ok: false, message: settings.error.message, hint: settings.error.hint },
  );

  const origins = new Set<string>();
  for (const connection of settings.ok ? settings.value.connections : []) {
    const { issuer, tokenEndpoint, apiBase } = connectionEndpoints(
      connection,
      parts.profileOf(connection.provider),
    );
    for (const address of [issuer ?? tokenEndpoint, apiBase]) {
      if (address !== undefined && URL.canParse(address)) origins.add(new URL(address).origin);
    }
  }
  const hosts = await Promise.all([...origins].map((origin) => reach(parts.http, origin, checks)));
  const skews = hosts.map((host) => host.skewSeconds).filter((skew) => skew !== null);
  const skewSeconds = skews.length === 0 ? null : skews.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
  checks.push(checkClock(skewSeconds));

  return {
    vault: { kind: parts.vault.kind, state: state.state, reason },
    runtime: {
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      electron: electronVersion(),
      profile: parts.home,
    },
    network: {
      proxyVariables: Object.keys(env).filter(
        (name) => /^(https?|all|no)_proxy$/i.test(name) && env[name] !== '',
      ),
      caFile: env.LATCHKEY_CA_FILE ?? null,
      hosts,
    },
    clock: { now: isoNow(parts.clock), skewSeconds },
    checks,
  };
}

async function checkProfile(home: string): Promise<Check> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await access(home, constants.R_OK | constants.W_OK);
    return { name: 'profile', ok: true, message: `The profile folder is ${home}.`, hint: '' };
  } catch (error) {
    return {
      name: 'profile',
      ok: false,
      message: `The profile folder ${home} cannot be written: ${(error as Error).message}`,
      hint: 'Choose another with the environment variable LATCHKEY_HOME.',
    };
  }
}

async function reach(
  http: Http,
  origin: string,
  checks: Check[],
): Promise<{ host: string; reached: boolean; skewSeconds: number | null }> {
  const { host } = new URL(origin);
  try {
    const response = await http.fetch(origin, { redirect: 'manual' });
    await response.body?.cancel();
    checks.push({ name: `host ${host}`, ok: true, message: `${host} answers.`, hint: '' });
    return { host, reached: true, skewSeconds: http.skewSeconds(origin) };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    checks.push({
      name: `host ${host}`,
      ok: false,
      message: error.failure.message,
      hint: error.failure.hint,
    });
    return { host, reached: false, skewSeconds: null };
  }
}

function checkClock(skewSeconds: number | null): Check {
  if (skewSeconds === null) {
    return { name: 'clock', ok: true, message: 'No server was asked for the time.', hint: '' };
  }
  const off = Math.abs(skewSeconds) > tolerableSkewSeconds;
  return {
    name: 'clock',
    ok: !off,
    message: off
      ? `This computer's clock is ${Math.abs(skewSeconds)} s ${skewSeconds > 0 ? 'behind' : 'ahead of'} the servers.`
      : "This computer's clock agrees with the servers.",
    hint: off ? 'Set the clock by the network: sign-ins and tokens depend on it.' : '',
  };
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

function configured(count: number): string {
  return count === 1 ? 'One connection is configured.' : `${count} connections are configured.`;
}

function isoNow(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
