import type { Context } from '../context.ts';
import { badInput } from '../context.ts';
import { printFailure, printJson } from '../output.ts';
import type { WaitCommandOptions } from '../system-user.ts';
import { jobOn, openService, readPlan } from './common.ts';

/** `latchkey system-user wait PLAN`: exit 0 when no invitation is open any more, 5 (timeout) where `--minutes` are over. */
export async function waitForInvitations(
  context: Context,
  file: string,
  options: WaitCommandOptions,
): Promise<number> {
  const { terminal } = context;
  const minutes = options.minutes === undefined ? null : Number(options.minutes);
  if (minutes !== null && !(minutes > 0 && minutes <= 100_000)) {
    const { error } = badInput('--minutes takes a number above 0.', 'For example: --minutes 30');
    return printFailure(terminal, error, options);
  }
  const plan = await readPlan(terminal, file);
  if (!plan.ok) return printFailure(terminal, plan.error, options);
  const opened = await openService(context, options);
  if (!opened.ok) return printFailure(terminal, opened.error, options);
  const { service } = opened.value;
  const waiting = await service.waiting(plan.value);
  if (!waiting.ok) return printFailure(terminal, waiting.error, options);
  if (waiting.value.length > 0) {
    terminal.note(
      `Salto has sent an invitation to ${plan.value.systemUser.email}. Open that mailbox, follow the link and choose a password:`,
    );
    terminal.note(
      'it is the one that the integration signs in with. This waits until that is done (Ctrl-C ends it).',
    );
  }
  const watched = await service.watch(plan.value, waiting.value, {
    ...jobOn(terminal),
    atMostMs: minutes === null ? null : minutes * 60_000,
  });
  terminal.progress('');
  if (!watched.ok) return printFailure(terminal, watched.error, options);
  if (options.json) await printJson(terminal, { accepted: watched.value });
  else terminal.note(watched.value.length === 0 ? 'No invitation is open.' : 'Every invitation is accepted.');
  return 0;
}
