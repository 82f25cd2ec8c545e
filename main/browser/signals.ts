/**
 * `conf`, which writes the settings, brings `when-exit` along (by way of `atomically`): at the first signal it sends the
 * process the same signal again, which would end a door that is just closing its screens in good order. Its listeners are
 * taken off; what they would do, removing half-written temporary files, happens at the end of the process all the same.
 *
 * @returns once no listener but those that were there before is left
 */
export async function keepSignals(): Promise<void> {
  const before = new Map(signalNames().map((name) => [name, process.rawListeners(name)]));
  await import('conf');
  for (const name of signalNames()) {
    for (const listener of process.rawListeners(name)) {
      if (!before.get(name)?.includes(listener)) process.off(name, listener as () => void);
    }
  }
}

function signalNames(): NodeJS.Signals[] {
  return process.eventNames().filter((name): name is NodeJS.Signals => /^SIG[A-Z]+$/.test(String(name)));
}
