import { type Result, fail } from '../../preload/errors.ts';

/** What nobody foresaw, for the screen; `what` is ours and holds no value. */
export function unexpected(what: string): Result<never> {
  return fail(
    'unexpected',
    `Something failed that should not (${what}).`,
    'Try again. If it comes back, start Latchkey with LATCHKEY_DEBUG=1 and report what it prints.',
  );
}

/** The kind of an error without its text, which could hold anything. */
export function kindOfError(error: unknown): string {
  const name = error instanceof Error ? error.name : typeof error;
  const code: unknown = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? `${name}, ${code}` : name;
}

/** Where it was thrown, without its text. */
export function callSite(error: unknown): string {
  const lines = error instanceof Error ? (error.stack?.split('\n') ?? []) : [];
  return lines.find((line) => /^\s+at /.test(line))?.trim() ?? '';
}
