import { createRequire } from 'node:module';
import type * as KeytarModule from 'keytar';
import { deadline } from '../deadline.ts';

/** The three keytar calls that we use. Never `findCredentials`: it ends the process where the keyring is locked. */
export type KeytarRequest =
  | { readonly call: 'get' | 'delete'; readonly service: string; readonly account: string }
  | { readonly call: 'set'; readonly service: string; readonly account: string; readonly text: string };

/** What became of a call. `text` is keytar's own error text, which names causes and never a secret. */
export type KeytarAnswer =
  | { readonly outcome: 'found'; readonly text: string }
  | { readonly outcome: 'done' }
  | { readonly outcome: 'nothing' } // get and delete: no such item, or (measured) a locked keyring
  | { readonly outcome: 'refused'; readonly text: string }
  | { readonly outcome: 'silence' | 'crashed' | 'library_missing' };

/** One call after the other; each ends within a bound. */
export interface KeytarCalls {
  /** Gets ready for the first call. The Secret Service's answer is waited for meanwhile. */
  prepare(): void;
  call(request: KeytarRequest): Promise<KeytarAnswer>;
  close(): Promise<void>;
}

/** The service name that items are stored under. */
export const keychainService = 'Latchkey';

/** How long one keychain call may take, in milliseconds. On macOS a person may have to answer a dialog in it. */
export function keychainCallMs(platform: NodeJS.Platform): number {
  return platform === 'darwin' ? 120_000 : 10_000;
}

type Keytar = Pick<typeof KeytarModule, 'getPassword' | 'setPassword' | 'deletePassword'>;

let loaded: Keytar | null | undefined;

/** Loads keytar's native part; null where it or the library below it (libsecret) is missing. */
export function loadKeytar(): Keytar | null {
  if (loaded !== undefined) return loaded;
  try {
    // `require` takes half of what `import` does for a native module.
    loaded = createRequire(import.meta.url)('keytar') as Keytar;
  } catch {
    loaded = null; // keytar itself swallows why; what can be done about it is the same
  }
  return loaded;
}

/** Makes the call in this process. It has no bound of its own. */
export async function callKeytar(request: KeytarRequest): Promise<KeytarAnswer> {
  const keytar = loadKeytar();
  if (!keytar) return { outcome: 'library_missing' };
  try {
    return await answer(keytar, request);
  } catch (error) {
    return { outcome: 'refused', text: error instanceof Error ? error.message : String(error) };
  }
}

async function answer(keytar: Keytar, request: KeytarRequest): Promise<KeytarAnswer> {
  const { service, account } = request;
  if (request.call === 'set') {
    await keytar.setPassword(service, account, request.text);
    return { outcome: 'done' };
  }
  if (request.call === 'delete')
    return { outcome: (await keytar.deletePassword(service, account)) ? 'done' : 'nothing' };
  const text = await keytar.getPassword(service, account);
  return text === null ? { outcome: 'nothing' } : { outcome: 'found', text };
}

/**
 * Calls on a thread of this process: the fastest. After `timeoutMs` the caller gets `silence`, but the thread stays with
 * the keychain until that answers, and the process cannot exit before (measured: up to 50 s). So the service is asked
 * over D-Bus first; what remains is a service that begins to hang in the milliseconds between. Doors that live long use
 * the helper process instead.
 */
export function keytarInProcess(timeoutMs: number): KeytarCalls {
  return {
    prepare: () => void loadKeytar(),
    call: async (request) => {
      const { promise: silence, resolve } = Promise.withResolvers<KeytarAnswer>();
      const callOff = deadline(timeoutMs, () => {
        resolve({ outcome: 'silence' });
      });
      try {
        return await Promise.race([callKeytar(request), silence]);
      } finally {
        callOff();
      }
    },
    close: () => Promise.resolve(),
  };
}
