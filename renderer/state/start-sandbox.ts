import type { Failure } from '../../preload/errors.ts';
import { t } from '../messages/text.ts';
import type { ConsoleState } from './console.svelte.ts';
import { say } from './notices.svelte.ts';

/** Starts the sandbox, or finds it running, with its connections; says so. Why not, where it was not; then nothing was added. */
export async function startSandbox(console: ConsoleState): Promise<Failure | null> {
  const answer = await console.bridge.call('sandbox.start', {});
  await console.reload();
  if (!answer.ok) return answer.error;
  say(t('sandbox.started', { count: answer.value.connections.length }));
  return null;
}
