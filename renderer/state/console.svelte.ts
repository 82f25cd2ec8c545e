import { createContext } from 'svelte';
import type {
  Bridge,
  ConnectionInfo,
  ListState,
  Output,
  ProviderInfo,
  VaultInfo,
} from '../../preload/contract.ts';
import type { Failure, Result } from '../../preload/errors.ts';
import { createLatest } from './latest.ts';
import { settle, settleAll } from './notices.svelte.ts';
import { pastTrouble } from './past-trouble.ts';

/** What is asked for on behalf of all views. */
type Shared = 'providers' | 'connections' | 'lists';

/** What every view shares: the bridge, what the core said last, and the time. */
export interface ConsoleState {
  readonly bridge: Bridge;
  /** `starting` until the first answers are here. */
  readonly link: 'starting' | 'up' | 'down' | 'ended';
  /** Why the first answers did not come. */
  readonly failure: Failure | null;
  /** Why what is shared could not be asked for: what is shown of it may be old, or nothing. */
  readonly trouble: { readonly of: Shared; readonly failure: Failure } | null;
  /** False until it was once said which connections there are: an empty list means nothing before. */
  readonly known: boolean;
  readonly info: Output<'app.info'> | null;
  readonly vault: VaultInfo | null;
  readonly providers: readonly ProviderInfo[];
  readonly connections: readonly ConnectionInfo[];
  readonly lists: readonly ListState[];
  /** Counts up whenever rows of lists may have changed. */
  readonly listsRevision: number;
  /** Milliseconds since the epoch, a second exact. */
  readonly now: number;
  /** Asks for everything again. */
  readonly reload: () => Promise<void>;
  readonly reloadConnections: () => Promise<void>;
  readonly reloadLists: () => Promise<void>;
  /**
   * To be called before the vault is asked to change; what it gives takes the answer. Whatever the core said of the vault
   * meanwhile is as new, and stays.
   */
  readonly askVault: () => (vault: VaultInfo) => void;
}

export const [getConsole, setConsole] = createContext<ConsoleState>();

const vaultCodes = ['vault_locked', 'vault_absent', 'vault_denied'] as const;
const settleMs = 250;
const lockedReason = 'console_locked';

/** Keeps the shared state up to date from the core's events. Lives as long as the page. */
export function createConsoleState(bridge: Bridge): ConsoleState {
  let link = $state<ConsoleState['link']>('starting');
  let failure = $state.raw<Failure | null>(null);
  let info = $state.raw<Output<'app.info'> | null>(null);
  let vault = $state.raw<VaultInfo | null>(null);
  let providers = $state.raw<readonly ProviderInfo[]>([]);
  let connections = $state.raw<readonly ConnectionInfo[]>([]);
  let lists = $state.raw<readonly ListState[]>([]);
  let listsRevision = $state(0);
  let now = $state(Date.now());
  let known = $state(false);
  let troubles = $state.raw<Readonly<Partial<Record<Shared, Failure>>>>({});
  /** A console that is locked or not connected says so itself. */
  const trouble = $derived.by(() => {
    if (link !== 'up' || vault?.reason === lockedReason) return null;
    const of = (['connections', 'providers', 'lists'] as const).find((one) => troubles[one] !== undefined);
    const why = of === undefined ? undefined : troubles[of];
    return of === undefined || why === undefined ? null : { of, failure: why };
  });

  function heard(of: Shared, answer: Result<unknown>): void {
    const others = Object.fromEntries(Object.entries(troubles).filter(([name]) => name !== of));
    troubles = answer.ok ? others : { ...others, [of]: answer.error };
  }

  const ofConnections = createLatest();
  const ofLists = createLatest();
  const ofVault = createLatest();
  let vaultChanges = 0;

  async function reloadConnections(): Promise<void> {
    const counts = ofConnections.ask();
    const answer = await bridge.call('connections.list', {});
    if (!counts()) return;
    heard('connections', answer);
    if (!answer.ok) return;
    const over = pastTrouble(connections, answer.value);
    connections = answer.value;
    for (const id of over) settle(id);
    known = true;
    // The vault was closed by somebody else: nobody told, but its sessions cannot be read.
    if (vault?.state === 'open' && connections.some(({ session }) => session.state === 'unknown'))
      await lookAtVault();
  }

  async function lookAtVault(): Promise<void> {
    const counts = ofVault.ask();
    const answer = await bridge.call('vault.info', {});
    if (answer.ok && counts()) vault = answer.value;
  }

  async function reloadLists(): Promise<void> {
    const counts = ofLists.ask();
    const answer = await bridge.call('lists.states', {});
    if (!counts()) return;
    heard('lists', answer);
    if (answer.ok) lists = answer.value;
    listsRevision += 1;
  }

  /** A locked console shows nothing of anybody, and nothing that is still on its way. */
  function forget(): void {
    ofConnections.overtake();
    ofLists.overtake();
    connections = [];
    lists = [];
    listsRevision += 1;
  }

  async function reload(): Promise<void> {
    failure = null;
    const counts = ofVault.ask();
    const [app, offered] = await Promise.all([
      bridge.call('app.info', {}),
      bridge.call('providers.list', {}),
      reloadConnections(),
      reloadLists(),
    ]);
    if (app.ok) {
      info = app.value;
      if (counts()) vault = app.value.vault;
    } else failure = app.error;
    heard('providers', offered);
    if (offered.ok) providers = offered.value;
    if (app.ok && link !== 'ended') link = 'up';
  }

  bridge.onConnection((connected) => {
    if (link === 'ended' && !connected) return;
    if (connected && link === 'down') void reload();
    if (!connected) link = 'down';
  });
  bridge.on('connections.changed', () => void reloadConnections());
  bridge.on('lists.changed', settled(reloadLists, settleMs));
  bridge.on('vault.changed', (changed) => {
    const wasLocked = vault?.reason === lockedReason;
    vaultChanges += 1;
    ofVault.overtake();
    vault = changed;
    if (changed.state === 'open') settleAll(vaultCodes);
    if (changed.reason === lockedReason) forget();
    else if (wasLocked) void reload();
    else void reloadConnections();
  });
  bridge.on('app.closing', () => (link = 'ended'));
  setInterval(() => (now = Date.now()), 1000);
  void reload();

  return {
    bridge,
    get link() {
      return link;
    },
    get failure() {
      return failure;
    },
    get trouble() {
      return trouble;
    },
    get known() {
      return known;
    },
    get info() {
      return info;
    },
    get vault() {
      return vault;
    },
    get providers() {
      return providers;
    },
    get connections() {
      return connections;
    },
    get lists() {
      return lists;
    },
    get listsRevision() {
      return listsRevision;
    },
    get now() {
      return now;
    },
    reload,
    reloadConnections,
    reloadLists,
    askVault() {
      const before = vaultChanges;
      return (changed) => {
        if (vaultChanges !== before) return;
        ofVault.overtake();
        vault = changed;
        if (changed.state === 'open') settleAll(vaultCodes);
        if (changed.reason === lockedReason) forget();
      };
    },
  };
}

/** Does the work at most once in `ms`, and once more after the last call that came meanwhile. */
function settled(work: () => Promise<void>, ms: number): () => void {
  let resting = false;
  let again = false;
  return function ask(): void {
    if (resting) {
      again = true;
      return;
    }
    resting = true;
    again = false;
    void work().finally(() =>
      setTimeout(() => {
        resting = false;
        if (again) ask();
      }, ms),
    );
  };
}
