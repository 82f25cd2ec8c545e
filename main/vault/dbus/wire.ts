/**
 * D-Bus values as bytes (D-Bus Specification, "Marshaling"): little-endian, aligned from the start of the message.
 * Dictionaries are lists of [key, value]; structs are lists; 64-bit integers are bigint.
 */
export type DBusValue = string | number | bigint | boolean | DBusVariant | readonly DBusValue[];

export interface DBusVariant {
  readonly signature: string;
  readonly value: DBusValue;
}

/** Our own bound, far below the specification's 128 MiB: the answers that we ask for are a few hundred bytes. */
export const maxMessageBytes = 1024 * 1024;
const maxDepth = 16;

/** Bytes that are no D-Bus message, or one over our bounds. Caught where bytes are read, never shown as it is. */
export class WireError extends Error {}

/** The single complete types of a signature, each in full: `sa{sv}u` gives `s`, `a{sv}`, `u`. */
export function completeTypes(signature: string): string[] {
  const types: string[] = [];
  for (let at = 0; at < signature.length;) {
    const end = typeEnd(signature, at, 0);
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
}

function typeEnd(signature: string, at: number, depth: number): number {
  if (depth > maxDepth) throw new WireError('nested too deeply');
  const code = signature[at];
  if (code === 'a') return typeEnd(signature, at + 1, depth + 1);
  const close = code === '(' ? ')' : code === '{' ? '}' : undefined;
  if (!close) {
    if (code === undefined || !'ybnqiuxtdsoghv'.includes(code)) throw new WireError('not a signature');
    return at + 1;
  }
  let inner = at + 1;
  // Values of no bytes could be listed without end.
  if (signature[inner] === close) throw new WireError('an empty struct');
  while (signature[inner] !== close) inner = typeEnd(signature, inner, depth + 1);
  return inner + 1;
}

/** The boundary that values of a type begin at. */
export function alignment(type: string): number {
  const code = type[0] ?? '';
  if ('yvg'.includes(code)) return 1;
  if ('nq'.includes(code)) return 2;
  if ('xtd({'.includes(code)) return 8;
  return 4;
}

export interface ByteWriter {
  /** How many bytes stand there so far. */
  length(): number;
  align(boundary: number): void;
  write(type: string, value: DBusValue): void;
  bytes(): Buffer;
}

/** Writes values one after another. A value that does not fit its type is a mistake of ours and throws. */
export function byteWriter(): ByteWriter {
  let buffer = Buffer.alloc(512);
  let length = 0;

  function reserve(count: number): number {
    while (length + count > buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(buffer.length)]);
    const at = length;
    length += count;
    return at;
  }
  function align(boundary: number): void {
    reserve((boundary - (length % boundary)) % boundary);
  }
  function writeText(text: string, lengthBytes: 1 | 4): void {
    const bytes = Buffer.from(text, 'utf8');
    const at = reserve(lengthBytes + bytes.length + 1);
    if (lengthBytes === 1) buffer.writeUInt8(bytes.length, at);
    else buffer.writeUInt32LE(bytes.length, at);
    bytes.copy(buffer, at + lengthBytes);
  }
  function writeList(element: string, values: readonly DBusValue[]): void {
    const lengthAt = reserve(4);
    align(alignment(element));
    const start = length;
    for (const value of values) write(element, value);
    buffer.writeUInt32LE(length - start, lengthAt);
  }
  function write(type: string, value: DBusValue): void {
    align(alignment(type));
    const code = type[0] ?? '';
    if (typeof value === 'string' && 'so'.includes(code)) writeText(value, 4);
    else if (typeof value === 'string' && code === 'g') writeText(value, 1);
    else if (typeof value === 'number' && code === 'y') buffer.writeUInt8(value, reserve(1));
    else if (typeof value === 'number' && code === 'u') buffer.writeUInt32LE(value, reserve(4));
    else if (typeof value === 'number' && code === 'i') buffer.writeInt32LE(value, reserve(4));
    else if (typeof value === 'boolean' && code === 'b') buffer.writeUInt32LE(value ? 1 : 0, reserve(4));
    else if (Array.isArray(value) && code === 'a') writeList(type.slice(1), value as readonly DBusValue[]);
    else if (Array.isArray(value) && '({'.includes(code))
      completeTypes(type.slice(1, -1)).forEach((member, index) => {
        write(member, (value as readonly DBusValue[])[index] ?? '');
      });
    else if (isVariant(value) && code === 'v') {
      writeText(value.signature, 1);
      write(value.signature, value.value);
    } else throw new TypeError(`A ${typeof value} cannot be written as ${type}.`);
  }

  return {
    length: () => length,
    align,
    write,
    bytes: () => buffer.subarray(0, length),
  };
}

export function isVariant(value: DBusValue | undefined): value is DBusVariant {
  return typeof value === 'object' && !Array.isArray(value);
}

export interface ByteReader {
  position(): number;
  align(boundary: number): void;
  read(type: string): DBusValue;
}

/** Reads values one after another; throws {@link WireError} where the bytes end early or say something impossible. */
export function byteReader(bytes: Buffer): ByteReader {
  let position = 0;
  let depth = 0;

  function take(count: number): number {
    if (position + count > bytes.length) throw new WireError('ends early');
    const at = position;
    position += count;
    return at;
  }
  function align(boundary: number): void {
    take((boundary - (position % boundary)) % boundary);
  }
  function readText(count: number): string {
    const at = take(count + 1);
    return bytes.toString('utf8', at, at + count);
  }
  function readList(element: string): DBusValue[] {
    const count = bytes.readUInt32LE(take(4));
    align(alignment(element));
    const end = position + count;
    if (end > bytes.length) throw new WireError('a list longer than its message');
    const values: DBusValue[] = [];
    while (position < end) values.push(read(element));
    return values;
  }
  function readVariant(): DBusVariant {
    const signature = readText(bytes.readUInt8(take(1)));
    const [type, more] = completeTypes(signature);
    if (type === undefined || more !== undefined) throw new WireError('a variant of no single type');
    return { signature, value: read(type) };
  }
  function readByCode(type: string): DBusValue {
    switch (type[0]) {
      case 'y':
        return bytes.readUInt8(take(1));
      case 'b':
        return bytes.readUInt32LE(take(4)) !== 0;
      case 'n':
        return bytes.readInt16LE(take(2));
      case 'q':
        return bytes.readUInt16LE(take(2));
      case 'i':
        return bytes.readInt32LE(take(4));
      case 'u':
      case 'h':
        return bytes.readUInt32LE(take(4));
      case 'x':
        return bytes.readBigInt64LE(take(8));
      case 't':
        return bytes.readBigUInt64LE(take(8));
      case 'd':
        return bytes.readDoubleLE(take(8));
      case 's':
      case 'o':
        return readText(bytes.readUInt32LE(take(4)));
      case 'g':
        return readText(bytes.readUInt8(take(1)));
      case 'a':
        return readList(type.slice(1));
      case 'v':
        return readVariant();
      default:
        return completeTypes(type.slice(1, -1)).map((member) => read(member));
    }
  }
  function read(type: string): DBusValue {
    align(alignment(type));
    depth += 1;
    if (depth > maxDepth * 2) throw new WireError('nested too deeply');
    const value = readByCode(type);
    depth -= 1;
    return value;
  }

  return { position: () => position, align, read };
}
