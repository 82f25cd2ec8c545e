/**
 * The helper process that keytar lives in: answers one request after the other until its parent goes. Run by
 * `child_process.fork`, or by Electron's `utilityProcess` (whose messages come over `process.parentPort`).
 */
import { type KeytarRequest, callKeytar } from './calls.ts';

export interface HelperRequest {
  readonly id: number;
  readonly request: KeytarRequest;
}

interface ParentPort {
  on(event: 'message', listener: (event: { data: HelperRequest }) => void): void;
  postMessage(message: unknown): void;
}
const { parentPort } = process as { parentPort?: ParentPort };

async function answer({ id, request }: HelperRequest): Promise<void> {
  const message = { id, answer: await callKeytar(request) };
  if (parentPort) parentPort.postMessage(message);
  else process.send?.(message);
}

if (parentPort) parentPort.on('message', (event) => void answer(event.data));
else process.on('message', (message: HelperRequest) => void answer(message));

process.on('disconnect', () => {
  // An ordinary exit would wait for a keychain call that hangs.
  process.kill(process.pid, 'SIGKILL');
});
