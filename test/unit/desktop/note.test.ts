import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { noteOn } from '../../../main/desktop/note.ts';

test('a note is a line', async () => {
  const stream = new PassThrough();
  noteOn(stream)('The page has ended.');
  stream.end();
  expect(await text(stream)).toBe('latchkey: The page has ended.\n');
});

test('a terminal that was closed ends nothing', () => {
  const stream = new PassThrough();
  const note = noteOn(stream);
  // As a write to a closed pipe ends; without a listener this throws.
  stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  note('Nobody reads this.');
});
