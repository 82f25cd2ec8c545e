import { expect, test } from 'vitest';
import { sessionBusSockets } from '../../../main/vault/dbus/address.ts';
import { decodeMessage, encodeMessage, messageLength } from '../../../main/vault/dbus/message.ts';
import {
  type DBusValue,
  WireError,
  byteReader,
  byteWriter,
  completeTypes,
} from '../../../main/vault/dbus/wire.ts';

test('a signature falls into its complete types', () => {
  expect(completeTypes('sa{sv}(oayays)aasu')).toEqual(['s', 'a{sv}', '(oayays)', 'aas', 'u']);
  for (const wrong of ['z', 'a', '(s', 'a{s', ')', 'a()', 'a{}', 'a'.repeat(100) + 's'])
    expect(() => completeTypes(wrong), wrong).toThrow(WireError);
});

const values: [string, DBusValue][] = [
  ['s', 'é🔑'],
  ['o', '/org/freedesktop/secrets'],
  ['g', 'a{sv}'],
  ['b', true],
  ['u', 4_294_967_295],
  ['ao', []],
  ['a{sv}', [['Label', { signature: 's', value: 'x' }]]],
  ['(ybv)', [7, false, { signature: 'as', value: ['a', 'b'] }]],
  ['aas', [['a'], [], ['b', 'c']]],
];

test.each(values)('%s reads back as it was written, at every alignment', (type, value) => {
  for (let lead = 0; lead < 9; lead += 1) {
    const writer = byteWriter();
    for (let byte = 0; byte < lead; byte += 1) writer.write('y', byte);
    writer.write(type, value);
    const reader = byteReader(Buffer.from(writer.bytes()));
    for (let byte = 0; byte < lead; byte += 1) reader.read('y');
    expect(reader.read(type)).toEqual(value);
  }
});

test('a value of another type than its signature is a mistake of ours', () => {
  expect(() => {
    byteWriter().write('u', 'text');
  }).toThrow(TypeError);
});

const message = {
  type: 'call',
  serial: 7,
  path: '/a',
  interface: 'b.c',
  member: 'D',
  destination: 'e.f',
  signature: 'sas',
  body: ['x', ['y', 'z']],
} as const;

test('a message reads back as it was written', () => {
  const bytes = encodeMessage(message);
  expect(messageLength(bytes)).toBe(bytes.length);
  expect(messageLength(bytes.subarray(0, 15))).toBeNull();
  expect(decodeMessage(bytes)).toMatchObject(message);
});

test('bytes that are cut off, changed or too many never do more than throw', () => {
  const bytes = encodeMessage(message);
  for (let length = 0; length < bytes.length; length += 1)
    expect(() => decodeMessage(bytes.subarray(0, length))).toThrow();
  for (let at = 0; at < bytes.length; at += 1)
    for (const value of [0, 1, 0x7f, 0xff]) {
      const changed = Buffer.from(bytes);
      changed[at] = value;
      try {
        messageLength(changed);
        decodeMessage(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }
  const large = Buffer.from(bytes);
  large.writeUInt32LE(0x7fffffff, 4);
  expect(() => messageLength(large)).toThrow(WireError);
});

test('the session bus is where the environment says', () => {
  const at = (address: string) => sessionBusSockets({ DBUS_SESSION_BUS_ADDRESS: address });
  expect(at('unix:path=/run/user/1000/bus,guid=00')).toEqual(['/run/user/1000/bus']);
  expect(at('unix:abstract=/tmp/dbus-x')).toEqual(['\0/tmp/dbus-x']);
  expect(at('tcp:host=127.0.0.1,port=1;unix:path=/a%20b%c3%a9')).toEqual(['/a bé']);
  expect(at('autolaunch:')).toEqual([]);
  expect(sessionBusSockets({ XDG_RUNTIME_DIR: '/run/user/1000' })).toEqual(['/run/user/1000/bus']);
  expect(sessionBusSockets({})).toEqual([]);
});
