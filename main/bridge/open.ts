import type { Result } from '../../preload/errors.ts';
import { createActivity } from '../activity/activity.ts';
import { systemClock } from '../clock.ts';
import { readSettings } from '../connections/settings.ts';
import { watchSettings } from '../connections/watch-settings.ts';
import { type Console, createConsole } from '../console.ts';
import { networkSettings } from '../console/network-settings.ts';
import { directoryWorker, keytarHelper } from '../entry-points.ts';
import { createHttp } from '../http/http.ts';
import type { ResolveProxy } from '../http/proxy.ts';
import { type KeychainOptions, openKeychain } from '../vault/keychain.ts';
import { unlockKeychain } from '../vault/unlock.ts';
import type { Vault } from '../vault/vault.ts';
import { createConsoleLock } from './console-lock.ts';
import { type Dispatcher, createDispatcher } from './dispatcher.ts';
import { createKeeper } from '../sessions/keeper.ts';
import { bridgeHandlers } from './handlers.ts';
import { startIdleLock } from './idle-lock.ts';
import type { Deliver } from './parts.ts';
import { createRunningSandbox } from './sandbox.ts';
import { throttled } from './throttle.ts';
import { callSite, kindOfError } from './unexpected.ts';
import { type VaultChoice, createVaultChoice } from './vault-choice.ts';

export interface BridgeOptions {
  readonly door: 'browser' | 'desktop';
  readonly version: string;
  /** The profile folder. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly openBrowser: (url: string) => Promise<Result<void>>;
  /** Where secrets are kept until a person chooses otherwise; the keychain where missing. */
  readonly vault?: Vault;
  /** How the keychain is reached where it is not as usual: the desktop starts its helper in its own way. */
  readonly keychain?: KeychainOptions;
  /** How the system is asked for its proxy, where it can be: the desktop's way. The environment says it elsewhere. */
  readonly resolveProxy?: ResolveProxy;
  /** Hands an export to the person. */
  readonly deliver: Deliver;
  /** One line for whoever runs the door; never with a value in it. */
  readonly note: (line: string) => void;
  /** Told of work in the middle of which the process must not end; see SessionParts. */
  readonly finishFirst?: (work: Promise<unknown>) => void;
}

/** A door that lives long and has screens: the console, and the dispatcher that answers the screens. */
export interface OpenBridge {
  readonly console: Console;
  readonly vault: VaultChoice;
  readonly dispatcher: Dispatcher;
  /** To be called when the computer was asleep, by doors that are told so; the others notice a little later. */
  resumed(): void;
  /** Ends everything below the screens, so that the process can exit. */
  close(): Promise<void>;
}

/** Screens are told of changed lists at most ten times a second. */
const listsPauseMs = 100;
/** And of new activity twice a second. */
const activityPauseMs = 500;

/** Builds everything a long-lived door needs. Nothing is asked of the keychain or the network before a screen asks. */
export function openBridge(options: BridgeOptions): OpenBridge {
  const { home, env, note } = options;
  const limit = Number(env.LATCHKEY_KEYCHAIN_ITEM_LIMIT);
  const keychain: KeychainOptions = {
    isolation: 'helper',
    helper: keytarHelper,
    ...(limit > 0 && { itemLimit: limit }),
    ...options.keychain,
  };
  const vault = createVaultChoice({
    home,
    openKeychain: () => openKeychain(keychain),
    unlockKeychain: (signal) => unlockKeychain({ ...keychain, signal }),
    ...(options.vault && { first: options.vault }),
  });
  const activity = createActivity();
  const console = createConsole({
    activity,
    home,
    vault,
    clock: systemClock,
    http: createHttp({
      clock: systemClock,
      env,
      network: networkSettings({ home, vault, env }),
      record: (record) => activity.request(record),
      ...(options.resolveProxy && { resolveProxy: options.resolveProxy }),
    }),
    env,
    directoryWorker,
    openBrowser: options.openBrowser,
    ...(options.finishFirst && { finishFirst: options.finishFirst }),
  });
  const sandbox = createRunningSandbox();
  const lock = createConsoleLock({
    console,
    vault,
    dispatcher: () => dispatcher,
    renewalsEnded: () => keeper.settled(),
  });
  const idle = startIdleLock({
    clock: systemClock,
    minutes: () => {
      const settings = readSettings(home);
      return settings.ok ? settings.value.preferences.lockAfterMinutes : null;
    },
    busy: () => dispatcher.underWay('sessions.signIn') > 0,
    lock: () => lock.lock(),
  });
  const handlers = bridgeHandlers({
    console,
    vault,
    sandbox,
    door: options.door,
    version: options.version,
    lock,
    active: () => idle.active(),
    connectionsChanged: () => {
      dispatcher.emit('connections.changed', {});
      keeper.look();
    },
    deliver: options.deliver,
    systemUserChanged: () => dispatcher.emit('systemUser.changed', {}),
    preferencesChanged: () => dispatcher.emit('preferences.changed', {}),
  });
  const dispatcher = createDispatcher(handlers, {
    note,
    around: (work) => vault.steady(work),
    refusal: (method) => lock.refusal(method),
  });
  const keeper = createKeeper({
    clock: systemClock,
    random: Math.random,
    connections: () => console.connections.list(),
    vaultIsOpen: async () =>
      lock.refusal('sessions.renew') === null && (await vault.state()).state === 'open',
    outlook: (connection) => vault.steady(() => console.sessions.outlook(connection)),
    keep: (connection, how) => vault.steady(() => console.sessions.keep(connection, how)),
    changed: () => dispatcher.emit('connections.changed', {}),
    failed: (error) => note(`Keeping sessions alive failed: ${kindOfError(error)} ${callSite(error)}`),
  });
  activity.onChanged(throttled(() => dispatcher.emit('activity.changed', {}), activityPauseMs));
  const listsChanged = throttled(() => dispatcher.emit('lists.changed', {}), listsPauseMs);

  /** Lists kept by an earlier run, as soon as there is a screen to see them and a vault to read them with. */
  async function bringBack(): Promise<void> {
    const connections = console.connections.list();
    if (!connections.ok || connections.value.length === 0) return;
    const lists = await console.lists();
    const loaded = await vault.steady(() => lists.loadKept(connections.value));
    const over = closing || lock.refusal('lists.states') !== null;
    if (!loaded.ok && !over) note(`The saved lists could not be brought back (${loaded.error.code}).`);
  }
  let watched = false;
  let closing = false;
  let stopWatching = (): void => undefined;
  async function begin(): Promise<void> {
    if (watched) return;
    watched = true;
    // Another door may add a connection or change a preference at any time.
    stopWatching = watchSettings(home, () => {
      dispatcher.emit('preferences.changed', {});
      dispatcher.emit('connections.changed', {});
    });
    vault.onChanged((info) => {
      dispatcher.emit('vault.changed', info);
      // What sessions there are depends on the vault.
      dispatcher.emit('connections.changed', {});
      keeper.look();
      if (info.state === 'open') void bringBack();
    });
    console.onListsChanged(listsChanged);
    await bringBack();
  }

  return {
    console,
    vault,
    dispatcher: {
      ...dispatcher,
      connect(send) {
        void begin();
        const screen = dispatcher.connect(send);
        const leave = keeper.watch();
        let left = false;
        return {
          ...screen,
          close() {
            screen.close();
            if (!left) leave();
            left = true;
          },
        };
      },
    },
    resumed: () => keeper.resumed(),
    async close() {
      closing = true;
      idle.stop();
      stopWatching();
      await keeper.close();
      await Promise.all([sandbox.close(), console.close()]);
    },
  };
}
