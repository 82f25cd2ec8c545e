import { isDrift } from '../../system-user/verify.ts';
import type { Context } from '../context.ts';
import { printFailure, printJson } from '../output.ts';
import type { VerifyCommandOptions } from '../system-user.ts';
import { jobOn, openService, readPlan, sitesOf, tallied, toldText } from './common.ts';
import { verdictWords } from './words.ts';

/** `latchkey system-user verify PLAN --as N`: exit 7 when a site is not as the plan wants it. */
export async function verify(context: Context, file: string, options: VerifyCommandOptions): Promise<number> {
  const { terminal } = context;
  const plan = await readPlan(terminal, file);
  if (!plan.ok) return printFailure(terminal, plan.error, options);
  const opened = await openService(context, options);
  if (!opened.ok) return printFailure(terminal, opened.error, options);
  const connection = opened.value.console.connections.find(options.as);
  if (!connection.ok) return printFailure(terminal, connection.error, options);
  const verified = await opened.value.service.verify(plan.value, connection.value, jobOn(terminal));
  terminal.progress('');
  if (!verified.ok) return printFailure(terminal, verified.error, options);
  const { rows, beyond } = verified.value;
  const names = new Map(plan.value.rows.map(({ site }) => [site.id, site.name]));
  const drift = rows.filter(isDrift).length;
  if (options.json) {
    await printJson(terminal, {
      plan: plan.value.id,
      drift,
      beyond,
      rows: rows.map((row) => ({ ...row, name: names.get(row.site) ?? null })),
    });
    return drift > 0 ? 7 : 0;
  }
  const told = rows.map((row) => ({
    name: names.get(row.site) ?? row.site,
    word: verdictWords[row.verdict],
    roles: row.roles.join(', '),
    message: row.message,
    nextStep: row.nextStep,
  }));
  await terminal.out(
    toldText(
      [
        { title: 'site', value: (row) => row.name },
        { title: 'verdict', value: (row) => row.word },
        { title: 'roles', value: (row) => row.roles },
      ],
      told,
    ),
  );
  await terminal.out(
    `\n${sitesOf(rows.length)}: ${tallied(told.map(({ word }) => word))}. ${drift === 0 ? 'No drift.' : `${drift} not as planned.`}\n`,
  );
  if (beyond > 0) terminal.note(`It also reaches ${sitesOf(beyond)} that the plan does not name.`);
  return drift > 0 ? 7 : 0;
}
