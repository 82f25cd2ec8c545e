import type Conf from 'conf';

/**
 * Loads `conf`, which writes the settings, without what it does to signals: it brings `when-exit` along (by way of
 * `atomically`), which at the first signal sends the process the same signal again, and that would end a door that is
 * just closing its screens in good order. Its listeners are taken off; what they would do, removing half-written
 * temporary files, happens at the end of the process all the same.
 */
export async function loadConf(): Promise<typeof Conf> {
  const before = new Map(signalNames().map((name) => [name, process.rawListeners(name)]));
  const { default: loaded } = await import('conf');
  for (const name of signalNames()) {
    for (const listener of process.rawListeners(name)) {
      if (!before.get(name)?.includes(listener)) process.off(name, listener as () => void);
    }
  }
  return loaded;
}

function signalNames(): NodeJS.Signals[] {
  return process.eventNames().filter((name): name is NodeJS.Signals => /^SIG[A-Z]+$/.test(String(name)));
}
