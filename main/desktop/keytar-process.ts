import { fileURLToPath } from 'node:url';
import { utilityProcess } from 'electron';
import type { StartHelper } from '../vault/keytar/helper-calls.ts';

/**
 * Starts the keychain's helper as a utility process. With the `RunAsNode` fuse off, `child_process.fork` would start the
 * whole app again instead.
 */
export const startKeytarProcess: StartHelper = (file, env) => {
  const child = utilityProcess.fork(fileURLToPath(file), [], {
    env: definedOnly(env),
    stdio: 'ignore',
    serviceName: 'Latchkey keychain',
  });
  return {
    send: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.on('exit', listener),
    kill: () => {
      // `child.kill` asks; a helper that hangs in a keychain call has to be ended.
      if (child.pid === undefined || process.platform === 'win32') child.kill();
      else killAtOnce(child.pid);
    },
    // Electron lives until it is told to quit, and takes its helpers with it.
    hold: () => undefined,
  };
};

function killAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself in the meantime.
  }
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
