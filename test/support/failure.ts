import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { type ErrorCode, type Failure, exitCodes } from '../../preload/errors.ts';
import type { CommandLine, RunOptions } from './cli.ts';

/** What a command that fails has to say. */
export interface Expected {
  readonly code: ErrorCode;
  /** What or who it was. */
  readonly message: RegExp | string;
  /** What to do about it. */
  readonly hint: RegExp | string;
}

/**
 * Runs a command that has to fail, once for scripts and once for people, and checks that both hear the same: with
 * `--json` the failure as one object on stdout, else nothing on stdout and message, hint and code on stderr; and the
 * exit code that belongs to the code. Both run at the same time, unless `between` puts right what the first one used up.
 */
export async function expectFailure(
  cli: CommandLine,
  words: readonly string[],
  expected: Expected,
  options: RunOptions & { readonly between?: () => Promise<unknown> } = {},
): Promise<Failure> {
  const { between } = options;
  const runForScripts = cli.json(words, options);
  if (between !== undefined) await runForScripts.then(between);
  const [forScripts, forPeople] = await Promise.all([runForScripts, cli.run(words, options)]);
  const failure = checkFailure(forScripts, expected, words);
  expect(forPeople.out, words.join(' ')).toBe('');
  expect(forPeople.code, forPeople.err).toBe(exitCodes[expected.code]);
  const [message, hint] = forPeople.err.trimEnd().split('\n').slice(-2);
  expect(message).toMatch(/^latchkey: \S/);
  expect(hint).toMatch(/^ {2}\S/);
  expect(hint?.endsWith(` (${expected.code})`)).toBe(true);
  matches(message, expected.message);
  matches(hint, expected.hint);
  return failure;
}

/** The failure in what `--json` printed: its code, its words and its exit code are as expected. */
export function checkFailure(
  run: { readonly code: number | null; readonly value: unknown; readonly err?: string },
  expected: Expected,
  words: readonly string[] = [],
): Failure {
  const said = `${words.join(' ')}: ${JSON.stringify(run.value)} ${run.err ?? ''}`;
  const { error } = (run.value ?? {}) as { error: Failure };
  expect(error, `This did not fail: ${said}`).toBeDefined();
  expect(run.value, said).toEqual({
    error: {
      code: expected.code,
      message: expect.stringMatching(/^.{10,}[^\s]$/) as string,
      hint: expect.stringMatching(/^.{10,}$/) as string,
    },
  });
  expect(run.code, said).toBe(exitCodes[expected.code]);
  matches(error.message, expected.message);
  matches(error.hint, expected.hint);
  const advised = [...error.hint.matchAll(/--[a-z]+(?:-[a-z]+)*/g)].map(([option]) => option);
  expect(
    advised.filter((option) => !options().has(option)),
    'options that no command has',
  ).toEqual([]);
  expect(said).not.toMatch(/\.[jt]s:\d+|\[object |undefined/);
  return error;
}

let known: ReadonlySet<string> | null = null;

/** Every option that some command declares: a hint must not name another. */
function options(): ReadonlySet<string> {
  const folder = path.resolve(import.meta.dirname, '../../main/cli');
  const declared = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(path.join(folder, file), 'utf8').matchAll(/ption\(\s*'(--[a-z-]+)/g),
    ]);
  known ??= new Set(['--help', ...declared.map(([, option]) => option ?? '')]);
  return known;
}

function matches(text: string | undefined, pattern: RegExp | string): void {
  if (typeof pattern === 'string') expect(text).toContain(pattern);
  else expect(text).toMatch(pattern);
}
