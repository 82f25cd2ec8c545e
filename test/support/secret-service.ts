import { type Bus, messageBus } from '../../main/vault/dbus/bus.ts';
import type { Message } from '../../main/vault/dbus/message.ts';
import { secretService } from '../../main/vault/dbus/secret-service.ts';
import type { DBusValue } from '../../main/vault/dbus/wire.ts';
import type { TestBus } from './keyring.ts';

/** What a scripted service answers: values with their signature, an error's name, or nothing ever. */
export type Scripted =
  | { readonly signature: string; readonly body: readonly DBusValue[] }
  | { readonly error: string }
  | 'silence';

/**
 * Takes the Secret Service's name on a bus and answers as scripted: for what a real keyring cannot be brought to do, as
 * hanging at one call and not at another. Resolves when the name is ours.
 */
export async function claimSecretService(
  testBus: TestBus,
  script: (call: Message, bus: Bus) => Scripted,
): Promise<Bus> {
  const bus = await testBus.connect((message) => {
    if (message.type !== 'call') return;
    const scripted = script(message, bus);
    if (scripted === 'silence') return;
    const answer = { replySerial: message.serial, destination: message.sender };
    if ('error' in scripted) bus.send({ ...answer, type: 'error', errorName: scripted.error });
    else bus.send({ ...answer, type: 'reply', signature: scripted.signature, body: scripted.body });
  });
  const owned = await bus.call(
    { ...messageBus, member: 'RequestName', signature: 'su', body: [secretService.destination, 4] },
    20_000,
  );
  if (owned.outcome !== 'reply' || owned.body[0] !== 1) throw new Error('The name is taken.');
  return bus;
}
