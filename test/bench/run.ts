/**
 * `npm run bench [-- --json] [-- --only token,directory] [-- --users 100000]`: every budget of the project, measured.
 * Each file of this folder runs in a process of its own, so that none carries another's memory. Exit code 1 where a
 * budget is not met or a bench could not run.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Bench, BenchRow } from './row.ts';

/** Files here that are no bench. */
const others = new Set(['run', 'row']);

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    users: { type: 'string', default: '1000000' },
  },
});
const users = Number(values.users);
if (!Number.isSafeInteger(users) || users < 1000) {
  console.error(`--users takes a whole number from 1000, not "${values.users}".`);
  process.exit(2);
}

const benches = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !others.has(file.slice(0, -3)))
  .map((file) => file.slice(0, -3))
  .toSorted();

/** In a child: runs one bench and sends what it found. */
async function runHere(name: string): Promise<void> {
  const exported = `${name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}Bench`;
  const module = (await import(`./${name}.ts`)) as Record<string, Bench | undefined>;
  const bench = module[exported];
  if (bench === undefined) throw new Error(`test/bench/${name}.ts exports no ${exported}`);
  const rows = await bench({ users, say: (line) => process.stderr.write(`  ${name}: ${line}\n`) });
  process.send?.({ rows });
  process.disconnect();
}

interface Finished {
  readonly bench: string;
  readonly rows: readonly BenchRow[];
  readonly failed: string | null;
}

let child: ChildProcess | null = null;

async function runApart(bench: string): Promise<Finished> {
  const sent: (readonly BenchRow[])[] = [];
  child = fork(import.meta.filename, ['--users', String(users)], {
    env: { ...process.env, LATCHKEY_BENCH: bench },
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', (message: { rows: readonly BenchRow[] }) => sent.push(message.rows));
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  child = null;
  const [rows] = sent;
  if (rows === undefined)
    return { bench, rows: [], failed: `ended with ${signal ?? `exit code ${code ?? 0}`}` };
  return { bench, rows, failed: null };
}

const number = (value: number): string =>
  value.toLocaleString('en', {
    maximumFractionDigits: Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0,
  });

function lines({ bench, rows, failed }: Finished): string[] {
  if (failed !== null) return [`${bench}: could not be measured (${failed})`];
  return rows.map((row) => {
    const floor =
      row.floor === null || row.ratio === null
        ? ''
        : `  floor ${number(row.floor)} ${row.unit}, ${row.ratio.toFixed(2)} x`;
    const budget =
      row.budget === null
        ? ''
        : `  budget ${number(row.budget.atMost)} ${row.budget.of === 'ratio' ? 'x' : row.unit}: ${row.ok === true ? 'met' : 'NOT MET'}`;
    const note = row.note === '' ? '' : `\n    ${row.note}`;
    return `${row.name}: ${number(row.value)} ${row.unit}${floor}${budget}${note}`;
  });
}

async function runAll(): Promise<void> {
  const wanted = values.only?.split(',') ?? benches;
  const unknown = wanted.filter((name) => !benches.includes(name));
  if (unknown.length > 0) {
    console.error(`There is no bench ${unknown.join(', ')}. There are: ${benches.join(', ')}.`);
    process.exit(2);
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      child?.kill(signal);
      process.exit(1);
    });
  }
  const finished: Finished[] = [];
  for (const bench of wanted) {
    const result = await runApart(bench);
    finished.push(result);
    if (!values.json) for (const line of lines(result)) console.log(line);
  }
  const rows = finished.flatMap(({ bench, rows: found }) => found.map((row) => ({ bench, ...row })));
  const failed = finished.flatMap(({ bench, failed: why }) => (why === null ? [] : [{ bench, why }]));
  const missed = rows.filter(({ ok }) => ok === false).length;
  if (values.json) console.log(JSON.stringify({ users, rows, failed }));
  else {
    const met = rows.filter(({ ok }) => ok === true).length;
    console.log(`${met} budgets met, ${missed} not met, ${failed.length} benches could not run`);
  }
  process.exitCode = missed > 0 || failed.length > 0 ? 1 : 0;
}

const one = process.env.LATCHKEY_BENCH;
if (one === undefined) await runAll();
else await runHere(one);
