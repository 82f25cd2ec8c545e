import { fork } from 'node:child_process';
import type { StartHelper } from './helper-calls.ts';

/**
 * Starts the helper as a child of Node. Electron with the `RunAsNode` fuse off cannot do this: the desktop door hands in
 * a starter on `utilityProcess.fork`.
 */
export const forkHelper: StartHelper = (file, env) => {
  const child = fork(file, { env, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  return {
    send: (message) => {
      // A helper that has just died says so by its exit.
      child.send(message as object, () => undefined);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => {
      child.on('error', listener); // could not be started
      child.on('exit', listener);
    },
    kill: () => void child.kill('SIGKILL'),
    hold: (held) => {
      if (held) {
        child.ref();
        child.channel?.ref();
      } else {
        child.unref();
        child.channel?.unref();
      }
    },
  };
};
