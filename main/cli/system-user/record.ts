import type { CommonOptions, Context } from '../context.ts';
import { printFailure, printJson } from '../output.ts';
import { table } from '../table.ts';
import { openService } from './common.ts';
import { actionWords, outcomeWords } from './words.ts';

/** `latchkey system-user record`: the lines of the record as they are (`--json`), or the changes as people read them. */
export async function record(context: Context, options: CommonOptions): Promise<number> {
  const { terminal } = context;
  const opened = await openService(context, options);
  if (!opened.ok) return printFailure(terminal, opened.error, options);
  const entries = await opened.value.service.record();
  if (!entries.ok) return printFailure(terminal, entries.error, options);
  if (options.json) {
    for (const entry of entries.value) await printJson(terminal, entry);
    return 0;
  }
  const runs = new Map(
    entries.value.flatMap((entry) => (entry.event === 'began' ? [[entry.run, entry.as] as const] : [])),
  );
  const results = entries.value.flatMap((entry) => (entry.event === 'result' ? [entry] : []));
  if (results.length === 0) terminal.note('Nothing was changed from this computer.');
  else {
    await terminal.out(
      table(
        [
          { title: 'when', value: ({ at }) => at },
          { title: 'change', value: ({ action }) => actionWords[action] },
          { title: 'outcome', value: ({ outcome }) => outcomeWords[outcome] },
          { title: 'reason', value: ({ code }) => code },
          { title: 'site', value: ({ site }) => site },
          { title: 'as', value: ({ run }) => runs.get(run) ?? null },
        ],
        results,
      ),
    );
  }
  return 0;
}
