/**
 * Gives an array's memory back now: an idle thread collects no garbage, and would keep it. The array is empty afterwards.
 * Does nothing where it is only a part of its memory, for others may have the rest.
 */
export function giveBack({ buffer, byteLength }: Uint8Array | Uint32Array | Float64Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/**
 * Collects all garbage of this thread and gives back the memory that V8 keeps for more of it: 100 MB after a million rows,
 * which it parts with under memory pressure alone. Takes some tens of milliseconds. Node has no other call that is no
 * experiment and does this. The session is one within this thread: no port is opened
 * (https://nodejs.org/api/inspector.html). A Node that was built without it keeps the memory.
 */
export async function giveBackHeap(): Promise<void> {
  const inspector = await import('node:inspector/promises').catch(() => null);
  if (inspector === null) return;
  const session = new inspector.Session();
  session.connect();
  try {
    await session.post('HeapProfiler.collectGarbage');
  } finally {
    session.disconnect();
  }
}
