import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bus, connectBus, messageBus } from '../../main/vault/dbus/bus.ts';
import type { Message } from '../../main/vault/dbus/message.ts';
import { secretService } from '../../main/vault/dbus/secret-service.ts';
import type { DBusValue } from '../../main/vault/dbus/wire.ts';

/** A session bus of our own, with nobody on it but whom the test puts there. */
export interface TestBus {
  /** The environment in which libsecret and we find this bus, and nothing of the user's own. */
  readonly env: Record<string, string>;
  readonly socket: string;
  readonly folder: string;
  /** A connection for the test itself; closed with the bus. */
  connect(onMessage?: (message: Message) => void): Promise<Bus>;
  stop(): Promise<void>;
}

/** A keychain for a door that is only used, not played tricks on. */
export interface TestKeychain {
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

/** A real gnome-keyring on a bus of its own, in a folder of its own. */
export interface TestKeyring extends TestBus {
  /** The process that runs now. */
  readonly pid: () => number;
  /** How it ended, the first time that it did so by itself. */
  readonly died: Promise<string>;
  /** Ends the daemon at once, as a crash would; the bus stays. */
  crash(): Promise<void>;
  /** Starts it again after a crash, over what it had stored, unlocked. */
  restart(): Promise<void>;
  /** Locks the default collection, as the desktop does when the user asks for it. */
  lock(): Promise<void>;
  /** Unlocks it with its password, without a dialog; throws where it is another. */
  unlock(withPassword?: string): Promise<void>;
  /** Makes the daemon hang (SIGSTOP): it keeps its name on the bus and answers nothing. */
  pause(): void;
  resume(): void;
}

const password = 'correct horse battery staple';
const callMs = 20_000;

/** Starts a private bus. Nothing can be started over it: no service but the test's own is ever there. */
export async function startBus(): Promise<TestBus> {
  const folder = await mkdtemp(path.join(tmpdir(), 'latchkey-bus-'));
  const socket = path.join(folder, 'bus');
  const config = path.join(folder, 'bus.conf');
  await writeFile(
    config,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
      "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
    <busconfig>
      <type>session</type>
      <listen>unix:path=${socket}</listen>
      <auth>EXTERNAL</auth>
      <policy context="default">
        <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
      </policy>
    </busconfig>`,
  );
  const daemon = spawn('dbus-daemon', ['--nofork', '--print-address=1', `--config-file=${config}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(daemon, 'exit');
  // Also when the test is broken off; the keyring ends with its bus.
  const kill = (): void => void daemon.kill('SIGKILL');
  process.once('exit', kill);
  await once(daemon.stdout, 'data'); // the address: from here on it listens

  const runtime = path.join(folder, 'runtime');
  await mkdir(runtime, { mode: 0o700 });
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    XDG_DATA_HOME: path.join(folder, 'data'),
    XDG_CONFIG_HOME: path.join(folder, 'config'),
    XDG_CACHE_HOME: path.join(folder, 'cache'),
    XDG_RUNTIME_DIR: runtime,
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}`,
  };
  const connections: Bus[] = [];
  return {
    env,
    socket,
    folder,
    connect: async (onMessage) => {
      const bus = await connectBus([socket], {
        timeoutMs: callMs,
        ...(onMessage ? { onMessage } : {}),
      });
      if (!bus) throw new Error('The test bus takes no connections.');
      connections.push(bus);
      return bus;
    },
    stop: async () => {
      for (const connection of connections) connection.close();
      process.off('exit', kill);
      kill();
      await ended;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A gnome-keyring of the test's own on Linux; elsewhere the keychain of whoever runs the test. */
export async function startKeychain(): Promise<TestKeychain> {
  if (process.platform === 'linux') return startKeyring();
  const env = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { env: Object.fromEntries(env), stop: () => Promise.resolve() };
}

/** Starts a bus with a real gnome-keyring whose login collection is unlocked and the default one. */
export async function startKeyring(): Promise<TestKeyring> {
  const bus = await startBus();
  let named = Promise.withResolvers<undefined>();
  const connection = await bus.connect((message) => {
    const [name, , owner] = message.member === 'NameOwnerChanged' ? (message.body ?? []) : [];
    if (name === secretService.destination && owner !== '') named.resolve(undefined);
  });
  await call(connection, messageBus, 'AddMatch', 's', [
    `type='signal',member='NameOwnerChanged',arg0='${secretService.destination}'`,
  ]);
  const { promise: died, resolve: onDeath } = Promise.withResolvers<string>();
  let wanted = true;
  let running: ChildProcess;

  async function start(): Promise<{ readonly ended: Promise<unknown> }> {
    named = Promise.withResolvers();
    const child = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
      env: bus.env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    running = child;
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    child.stdin.end(password);
    await Promise.race([
      named.promise,
      ended.then(() => Promise.reject(new Error('gnome-keyring-daemon ended at once.'))),
    ]);
    void ended.then(([code, signal]) => {
      if (wanted) onDeath(signal ?? String(code));
    });
    return { ended };
  }
  async function end(): Promise<void> {
    wanted = false;
    const { ended } = await daemon;
    running.kill('SIGKILL');
    await ended;
  }
  let daemon = start();
  await daemon;
  const collection = await defaultCollection(connection);
  return {
    ...bus,
    pid: () => running.pid ?? 0,
    died,
    crash: end,
    restart: async () => {
      if (wanted) return;
      wanted = true;
      daemon = start();
      await daemon;
    },
    lock: async () => {
      await call(connection, secretService, 'Lock', 'ao', [[collection]]);
    },
    unlock: (withPassword = password) => unlockWithPassword(connection, collection, withPassword),
    pause: () => {
      running.kill('SIGSTOP');
    },
    resume: () => {
      running.kill('SIGCONT');
    },
    stop: async () => {
      await end();
      await bus.stop();
    },
  };
}

async function defaultCollection(bus: Bus): Promise<string> {
  const [collection] = await call(bus, secretService, 'ReadAlias', 's', ['default']);
  if (typeof collection !== 'string' || collection === '/')
    throw new Error('The keyring made no default collection.');
  return collection;
}

/** gnome-keyring's own way in for the login screen, which knows the password. */
async function unlockWithPassword(bus: Bus, collection: string, withPassword: string): Promise<void> {
  const [, session] = await call(bus, secretService, 'OpenSession', 'sv', [
    'plain',
    { signature: 's', value: '' },
  ]);
  const secret = [session ?? '', [], [...Buffer.from(withPassword)], 'text/plain'];
  await call(
    bus,
    { ...secretService, interface: 'org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface' },
    'UnlockWithMasterPassword',
    'o(oayays)',
    [collection, secret],
  );
}

async function call(
  bus: Bus,
  target: { destination: string; path: string; interface: string },
  member: string,
  signature: string,
  body: readonly DBusValue[],
): Promise<readonly DBusValue[]> {
  const answer = await bus.call({ ...target, member, signature, body }, callMs);
  if (answer.outcome !== 'reply')
    throw new Error(`${member}: ${answer.outcome === 'error' ? answer.name : answer.outcome}`);
  return answer.body;
}
