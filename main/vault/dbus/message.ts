import {
  type DBusValue,
  WireError,
  byteReader,
  byteWriter,
  completeTypes,
  isVariant,
  maxMessageBytes,
} from './wire.ts';

/** D-Bus Specification, "Message Format". */
export type MessageType = 'call' | 'reply' | 'error' | 'signal';

export interface Message {
  readonly type: MessageType;
  readonly serial: number;
  readonly path?: string | undefined;
  readonly interface?: string | undefined;
  readonly member?: string | undefined;
  readonly errorName?: string | undefined;
  readonly replySerial?: number | undefined;
  readonly destination?: string | undefined;
  readonly sender?: string | undefined;
  readonly signature?: string | undefined;
  readonly body?: readonly DBusValue[] | undefined;
}

const typeCodes: Record<MessageType, number> = { call: 1, reply: 2, error: 3, signal: 4 };
const headerFields = [
  ['path', 1, 'o'],
  ['interface', 2, 's'],
  ['member', 3, 's'],
  ['errorName', 4, 's'],
  ['replySerial', 5, 'u'],
  ['destination', 6, 's'],
  ['sender', 7, 's'],
  ['signature', 8, 'g'],
] as const;

/** The message as bytes, ready to be sent. */
export function encodeMessage(message: Message): Buffer {
  const body = byteWriter();
  const bodyTypes = completeTypes(message.signature ?? '');
  (message.body ?? []).forEach((value, index) => {
    body.write(bodyTypes[index] ?? '', value);
  });

  const header = byteWriter();
  for (const byte of ['l'.charCodeAt(0), typeCodes[message.type], 0, 1]) header.write('y', byte);
  header.write('u', body.length());
  header.write('u', message.serial);
  const fields = headerFields.flatMap(([name, code, type]): DBusValue[] => {
    const value = message[name];
    return value === undefined ? [] : [[code, { signature: type, value }]];
  });
  header.write('a(yv)', fields);
  header.align(8);
  return Buffer.concat([header.bytes(), body.bytes()]);
}

/**
 * How many bytes the message at the start of `bytes` has, or null where too few are there to tell.
 * Throws {@link WireError} for what is no little-endian message of version 1 or exceeds our bound.
 */
export function messageLength(bytes: Buffer): number | null {
  if (bytes.length < 16) return null;
  // Every message we get answers ours or comes from the same machine's bus: all of them use our byte order.
  if (bytes[0] !== 'l'.charCodeAt(0) || bytes[3] !== 1)
    throw new WireError('not a little-endian D-Bus message');
  const fields = bytes.readUInt32LE(12);
  const length = 16 + Math.ceil(fields / 8) * 8 + bytes.readUInt32LE(4);
  if (length > maxMessageBytes) throw new WireError('longer than our bound');
  return length;
}

/** The message in `bytes`, which are exactly one; null for a type that the specification may add later. */
export function decodeMessage(bytes: Buffer): Message | null {
  const reader = byteReader(bytes);
  const [, code] = [reader.read('y'), reader.read('y'), reader.read('y'), reader.read('y')];
  reader.read('u');
  const serial = Number(reader.read('u'));
  const type = (Object.keys(typeCodes) as MessageType[]).find((name) => typeCodes[name] === code);

  const found = new Map<number, string | number>();
  for (const field of reader.read('a(yv)') as DBusValue[][]) {
    const [fieldCode, variant] = field;
    if (typeof fieldCode !== 'number' || !isVariant(variant)) continue;
    if (typeof variant.value === 'string' || typeof variant.value === 'number')
      found.set(fieldCode, variant.value);
  }
  if (!type) return null;
  reader.align(8);
  const fields = Object.fromEntries(headerFields.map(([name, fieldCode]) => [name, found.get(fieldCode)]));
  const signature = found.get(8);
  const body = completeTypes(typeof signature === 'string' ? signature : '').map((each) => reader.read(each));
  return { ...fields, type, serial, body };
}
