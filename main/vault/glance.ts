import { lookAtSecretService } from './dbus/secret-service.ts';
import { keychainCallMs, keychainService, keytarInProcess } from './keytar/calls.ts';
import { type ConnectionSecrets, itemName, parseSecrets } from './secrets-format.ts';

/** The whole way (keychain.ts) asks a Secret Service that takes longer again, and waits for it. */
const lookMs = 1_000;

/**
 * A connection's secrets where the keychain is open and holds them in one item. Null is no answer: closed, empty, split in
 * parts and damaged look the same from here, and whoever wants to know which reads them whole (keychain.ts). What holds
 * there of a keychain that hangs or is locked holds here: it is asked over D-Bus before keytar is.
 */
export async function glanceAtSecrets<Session>(
  connectionId: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Promise<ConnectionSecrets<Session> | null> {
  const account = itemName(connectionId);
  const keytar = keytarInProcess(keychainCallMs(platform));
  if (platform === 'linux') {
    const onSent = (): void => keytar.prepare();
    const { state } = await lookAtSecretService({ env, timeoutMs: lookMs, onSent });
    if (state !== 'open') return null;
  }
  const answer = await keytar.call({ call: 'get', service: keychainService, account });
  return answer.outcome === 'found' ? parseSecrets<Session>(answer.text) : null;
}
