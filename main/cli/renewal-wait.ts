import type { LockWait } from '../vault/secrets.ts';
import type { Terminal } from './terminal.ts';

/**
 * How a command that ends a session waits for a renewal of it that is under way, in whichever process: cutting that one
 * would leave tokens at the server that nobody knows. It says so at once, and Ctrl-C gives up.
 */
export function renewalWait(terminal: Terminal, name: string): LockWait {
  const words = `Waiting for a renewal of ${name} that is under way, so that its tokens end too (Ctrl-C gives up) ...`;
  return {
    signal: terminal.signal,
    waiting: () => {
      if (terminal.interactive) terminal.progress(words);
      else terminal.note(words);
    },
  };
}
