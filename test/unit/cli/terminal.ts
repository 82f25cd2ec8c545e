import type { Terminal } from '../../../main/cli/terminal.ts';

/** A terminal that remembers what was written to it. */
export interface TestTerminal extends Terminal {
  /** stdout. */
  stdout: string;
  /** The lines on stderr. */
  readonly notes: string[];
  readonly shown: string[];
}

export function testTerminal(env: Record<string, string> = {}, stdin = ''): TestTerminal {
  const terminal: TestTerminal = {
    env,
    platform: process.platform,
    secretVariables: new Set(),
    signal: new AbortController().signal,
    finishFirst: () => undefined,
    endWithCare: () => ({ state: 'good' }),
    interactive: false,
    stdout: '',
    notes: [],
    shown: [],
    out: (text) => {
      terminal.stdout += text;
      return Promise.resolve();
    },
    note: (line) => {
      terminal.notes.push(line);
    },
    progress: (line) => {
      if (line !== '') terminal.shown.push(line);
    },
    readStdin: () => Promise.resolve(stdin),
  };
  return terminal;
}
