import { type Failure, exitCodes } from '../../../preload/errors.ts';
import { type Plan, changesOf } from '../../system-user/plan.ts';
import { type RowResult, settledOutcomes } from '../../system-user/results.ts';
import type { Applied } from '../../system-user/apply.ts';
import type { Context } from '../context.ts';
import { forTerminal } from '../for-terminal.ts';
import { printFailure, printJson } from '../output.ts';
import type { ApplyCommandOptions } from '../system-user.ts';
import type { Terminal } from '../terminal.ts';
import { jobOn, openService, readPlan, sitesOf, tallied, toldText } from './common.ts';
import { actionWords, outcomeWords } from './words.ts';

/**
 * `latchkey system-user apply PLAN`: asks once, unless `--yes`. With `--json` one object a line: each row as it is
 * settled, then `{"event":"ended"}`. When nobody reads that any more (`| head`) it ends as after Ctrl-C: no change is made
 * that nobody hears of. Exit 0 when every change of the plan is made, 7 when some could not be, else the code of what
 * ended it.
 */
export async function apply(context: Context, file: string, options: ApplyCommandOptions): Promise<number> {
  const { terminal } = context;
  const failed = (result: { readonly error: Failure }): Promise<number> =>
    printFailure(terminal, result.error, options);
  const plan = await readPlan(terminal, file);
  if (!plan.ok) return failed(plan);
  const changes = changesOf(plan.value);
  if (changes.length === 0) {
    if (options.json)
      await printJson(terminal, { event: 'ended', plan: plan.value.id, outcomes: {}, error: null });
    else terminal.note('The plan changes nothing.');
    return 0;
  }
  const opened = await openService(context, options);
  if (!opened.ok) return failed(opened);
  const { service } = opened.value;
  const job = jobOn(terminal);
  const notes = await service.review(plan.value, job);
  terminal.progress('');
  if (!notes.ok) return failed(notes);
  for (const note of notes.value) terminal.note(note);
  if (options.yes !== true) {
    const agreed = await agree(terminal, plan.value);
    if (agreed !== null) return failed({ error: agreed });
  }
  const output = terminal.endWithCare();
  const names = new Map(changes.map((row) => [row.site.id, row]));
  const applied = await service.apply(plan.value, {
    ...job,
    settled: (_done, _of, result) => {
      if (result !== null && options.json) void printJson(terminal, rowObject(plan.value, result, names));
    },
  });
  terminal.progress('');
  if (!applied.ok) return failed(applied);
  const { results, stopped } = applied.value;
  if (options.json) {
    await printJson(terminal, {
      event: 'ended',
      plan: plan.value.id,
      outcomes: tallyOf(results),
      error: stopped && { code: stopped.code, message: stopped.message, hint: stopped.hint },
    });
  } else await terminal.out(resultText(results, names));
  const code = exitOf(terminal, applied.value, options.json === true && output.state === 'good');
  return code === 0 && output.state === 'failed' ? 1 : code;
}

/** Shows every change and asks. Null = go on; else why not. */
async function agree(terminal: Terminal, plan: Plan): Promise<Failure | null> {
  const changes = changesOf(plan);
  const { email } = plan.systemUser;
  terminal.note(
    `This changes ${changes.length} of the ${sitesOf(plan.rows.length)} of the plan, for ${email}:`,
  );
  for (const { site, action, role } of changes) {
    const as = role === null || action === 'activate' ? '' : ` (${role.name})`;
    terminal.note(`  ${actionWords[action]}${as}  ${site.name}`);
  }
  const answer =
    (await terminal.ask?.(
      `${tallied(changes.map(({ action }) => actionWords[action]))}. Go on? Type yes: `,
    )) ?? null;
  if (answer?.trim().toLowerCase() === 'yes') return null;
  return answer === null
    ? {
        code: 'input_invalid',
        message: 'Nobody is there to say yes.',
        hint: 'Run it on a terminal, or with --yes in a script. Nothing was changed.',
      }
    : { code: 'cancelled', message: 'Not applied.', hint: 'Nothing was changed.' };
}

function rowObject(
  plan: Plan,
  { site, outcome, message, nextStep, at }: RowResult,
  names: ReadonlyMap<string, Plan['rows'][number]>,
): object {
  const row = names.get(site);
  return {
    event: 'row',
    plan: plan.id,
    site,
    name: row?.site.name ?? null,
    action: row?.action ?? null,
    outcome,
    message,
    nextStep,
    at: at === null ? null : new Date(at).toISOString(),
  };
}

function resultText(results: readonly RowResult[], names: ReadonlyMap<string, Plan['rows'][number]>): string {
  const rows = results.map((result) => {
    const row = names.get(result.site);
    return {
      name: row?.site.name ?? result.site,
      word: outcomeWords[result.outcome],
      action: row === undefined ? '' : actionWords[row.action],
      message: result.message,
      nextStep: result.nextStep,
    };
  });
  const text = toldText(
    [
      { title: 'site', value: (row) => row.name },
      { title: 'change', value: (row) => row.action },
      { title: 'outcome', value: (row) => row.word },
    ],
    rows,
  );
  return `${text}\n${results.length} ${results.length === 1 ? 'change' : 'changes'}: ${tallied(rows.map(({ word }) => word))}.\n`;
}

function exitOf(terminal: Terminal, { results, stopped }: Applied, json: boolean): number {
  const open = results.filter(({ outcome }) => !settledOutcomes.includes(outcome)).length;
  if (stopped !== null) {
    if (!json) {
      terminal.note(`latchkey: ${forTerminal(stopped.message)}`);
      terminal.note(`  ${forTerminal(stopped.hint)} (${stopped.code})`);
      if (open > 0) terminal.note(`  ${open} changes are left. Apply the plan again to go on.`);
    }
    return exitCodes[stopped.code];
  }
  return open > 0 || results.some(({ outcome }) => outcome === 'no_seat') ? 7 : 0;
}

function tallyOf(results: readonly RowResult[]): Record<string, number> {
  const tally: Record<string, number> = {};
  for (const { outcome } of results) tally[outcome] = (tally[outcome] ?? 0) + 1;
  return tally;
}
