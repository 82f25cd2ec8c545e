import { access, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Result, fail, ok } from '../../../preload/errors.ts';
import { typedWord } from '../../connections/typed-name.ts';
import type { SiteChoice } from '../../system-user/make-plan.ts';
import { type Plan, changesOf, checkWanted, planText } from '../../system-user/plan.ts';
import type { Context } from '../context.ts';
import { badInput } from '../context.ts';
import { forTerminal } from '../for-terminal.ts';
import { printFailure, printJson, withVault } from '../output.ts';
import type { PlanCommandOptions } from '../system-user.ts';
import { jobOn, openService, sitesOf, tallied, toldText } from './common.ts';
import { actionWords, stateWords } from './words.ts';

/** `latchkey system-user plan N`: exit 0 also where there is something to do. */
export async function plan(context: Context, name: string, options: PlanCommandOptions): Promise<number> {
  const { terminal } = context;
  const failed = (result: { readonly error: Parameters<typeof printFailure>[1] }): Promise<number> =>
    printFailure(terminal, result.error, options);
  const wanted = checkWanted({ ...options, fallbackRole: options.fallbackRole });
  if (!wanted.ok) return failed(wanted);
  const choice = choiceOf(options);
  if (!choice.ok) return failed(choice);
  // Said before minutes are spent on looking at sites.
  const writable = options.out === undefined ? ok(undefined) : await canWrite(options.out);
  if (!writable.ok) return failed(writable);
  const opened = await openService(context, options);
  if (!opened.ok) return failed(opened);
  const connection = opened.value.console.connections.find(name);
  if (!connection.ok) return failed(connection);
  const made = await opened.value.service.plan(connection.value, wanted.value, choice.value, jobOn(terminal));
  terminal.progress('');
  if (!made.ok) return failed(made);
  if (options.out !== undefined) {
    const written = await writePlan(options.out, made.value);
    if (!written.ok) return failed(written);
  }
  if (options.json) await printJson(terminal, made.value);
  else await terminal.out(planTable(made.value));
  if (options.out === undefined) {
    if (!options.json) terminal.note('To apply it later, plan again with --out plan.json.');
  } else {
    terminal.note(
      changesOf(made.value).length === 0
        ? `Written to ${options.out}. There is nothing to change.`
        : withVault(
            `Written to ${options.out}. Review it, then: latchkey system-user apply ${typedWord(options.out)}`,
            options,
          ),
    );
  }
  return 0;
}

function choiceOf({ matching, site }: PlanCommandOptions): Result<SiteChoice> {
  if (matching !== undefined && site !== undefined) {
    return badInput('Sites are chosen twice.', 'Give --matching or --site, not both.');
  }
  if (site !== undefined) return ok({ kind: 'listed', sites: site });
  return ok(matching === undefined ? { kind: 'all' } : { kind: 'matching', text: matching });
}

/** Whether a new file of that name can be written, as far as looking tells. */
async function canWrite(file: string): Promise<Result<void>> {
  const missing = await reasonAgainst(path.dirname(path.resolve(file)));
  if (missing !== null) return notWritten(file, missing);
  return (await reasonAgainst(file)) === null ? notWritten(file, 'EEXIST') : ok(undefined);
}

/** Null where it is there; else the system's word. */
function reasonAgainst(place: string): Promise<string | null> {
  return access(place).then(
    () => null,
    (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown',
  );
}

/** A new file, readable by its owner alone: an address stands in it. Another plan is never overwritten. */
async function writePlan(file: string, made: Plan): Promise<Result<void>> {
  try {
    await writeFile(file, planText(made), { flag: 'wx', mode: 0o600 });
    return ok(undefined);
  } catch (error) {
    return notWritten(file, (error as NodeJS.ErrnoException).code ?? 'unknown');
  }
}

function notWritten(file: string, code: string): Result<never> {
  return fail(
    'export_failed',
    code === 'EEXIST' ? `${file} is there already.` : `${file} cannot be written (${code}).`,
    'Choose another file with --out; nothing was changed.',
  );
}

function planTable(made: Plan): string {
  const { email, firstName, lastName, role, fallbackRole } = made.systemUser;
  const changes = changesOf(made);
  const rows = made.rows.map((row) => ({
    name: row.site.name,
    word:
      row.action === 'none' ? stateWords[row.state] : `${stateWords[row.state]}, ${actionWords[row.action]}`,
    state: stateWords[row.state],
    has: row.roles.map((one) => one.name).join(', '),
    action: actionWords[row.action],
    planned: row.role?.name ?? '',
    message: row.message,
    nextStep: row.nextStep,
  }));
  const text = toldText(
    [
      { title: 'site', value: (row) => row.name },
      { title: 'now', value: (row) => row.state },
      { title: 'has', value: (row) => row.has },
      { title: 'will', value: (row) => row.action },
      { title: 'as', value: (row) => row.planned },
    ],
    rows,
  );
  const head = `${forTerminal(firstName)} ${forTerminal(lastName)} <${forTerminal(email)}>, ${role}${fallbackRole === null ? '' : `, else ${fallbackRole}`}\n\n`;
  const todo =
    changes.length === 0
      ? 'Nothing to change'
      : `To do: ${tallied(changes.map((row) => actionWords[row.action]))}`;
  return `${head}${text}\n${sitesOf(made.rows.length)}: ${tallied(made.rows.map((row) => stateWords[row.state]))}.\n${todo}.\n`;
}
