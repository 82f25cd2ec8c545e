import { readFile } from 'node:fs/promises';
import { type Result, fail } from '../../../preload/errors.ts';
import type { JobOptions, SystemUserService } from '../../console/system-user.ts';
import type { Console } from '../../console.ts';
import { type Plan, parsePlan } from '../../system-user/plan.ts';
import { type CommonOptions, type Context, openConsole } from '../context.ts';
import { forTerminal } from '../for-terminal.ts';
import { type Column, table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

/** A plan from its file; `-` is stdin. Errors: input_invalid, not_found. */
export async function readPlan(terminal: Terminal, file: string): Promise<Result<Plan>> {
  if (file === '-') return parsePlan(await terminal.readStdin());
  try {
    return parsePlan(await readFile(file, 'utf8'));
  } catch (error) {
    return fail(
      'not_found',
      `The plan ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      'Write one with: latchkey system-user plan NAME ... --out plan.json',
    );
  }
}

/** The console and its service for system users. */
export async function openService(
  context: Context,
  options: CommonOptions,
): Promise<Result<{ console: Console; service: SystemUserService }>> {
  const console = await openConsole(context, options);
  if (!console.ok) return console;
  const { service } = await console.value.systemUser();
  return { ok: true, value: { console: console.value, service } };
}

const doing = {
  sites: 'Reading your sites',
  planning: 'Looking at sites',
  applying: 'Changing sites',
  watching: 'Invitations accepted',
  verifying: 'Checking sites',
} as const;

/** Progress and waits on the terminal, for a person who watches. */
export function jobOn(terminal: Terminal): JobOptions {
  const warned = new Set<string>();
  return {
    signal: terminal.signal,
    progress: ({ phase, done, of }) =>
      terminal.progress(`${doing[phase]}: ${done}${of === null ? '' : ` of ${of}`} ...`),
    waiting: (milliseconds) =>
      terminal.progress(`Waiting ${Math.ceil(milliseconds / 1000)} s, as the provider asks ...`),
    warned: ({ code, message }) => {
      if (!warned.has(code)) terminal.note(message);
      warned.add(code);
    },
  };
}

/** What a row says to people, whichever step it belongs to. */
export interface Told {
  readonly name: string;
  readonly word: string;
  readonly message: string;
  readonly nextStep: string;
}

/** A table, then each thing there is to say once, with the sites it is said of. */
export function toldText<Row extends Told>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return `${table(columns, rows)}\n${reasons(rows)}`;
}

const shownNames = 3;

function reasons(rows: readonly Told[]): string {
  const groups = new Map<string, Told[]>();
  for (const row of rows) {
    const key = `${row.word}\n${row.message}\n${row.nextStep}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()]
    .map((group) => {
      const [first] = group;
      if (first === undefined) return '';
      const names = group.slice(0, shownNames).map(({ name }) => forTerminal(name));
      const more = group.length > shownNames ? ` and ${group.length - shownNames} more` : '';
      return `${first.word}: ${names.join(', ')}${more}\n  ${forTerminal(first.message)}\n  -> ${forTerminal(first.nextStep)}\n`;
    })
    .join('');
}

/** "1 site", "12 sites". */
export function sitesOf(count: number): string {
  return `${count} ${count === 1 ? 'site' : 'sites'}`;
}

/** "12 absent, 3 blocked", the most first. */
export function tallied(words: readonly string[]): string {
  const tally = new Map<string, number>();
  for (const word of words) tally.set(word, (tally.get(word) ?? 0) + 1);
  return [...tally]
    .sort(([, one], [, other]) => other - one)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ');
}
