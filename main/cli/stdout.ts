import { writeSync } from 'node:fs';

/**
 * Writes to stdout without its stream, which takes longer to open than all that `latchkey token` does by itself.
 * @returns what could not be written at once (a full pipe that does not block, a closed one): the stream's to wait or to fail
 */
export function writeAtOnce(text: string): Uint8Array {
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(1, rest));
  } catch {
    // The stream meets the same error, and whoever listens there says what it means.
  }
  return rest;
}
