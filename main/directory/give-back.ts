/**
 * Gives an array's memory back now: an idle thread collects no garbage, and would keep it. The array is empty afterwards.
 * Does nothing where it is only a part of its memory, for others may have the rest.
 */
export function giveBack({ buffer, byteLength }: Uint8Array | Uint32Array | Float64Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
