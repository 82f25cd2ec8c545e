import type { RunOptions } from './cli.ts';

/** For a command whose computer's clock is so many seconds ahead; `POST /clock` takes the sandbox along. */
export function clockAhead(seconds: number): RunOptions {
  return {
    env: {
      NODE_OPTIONS: `--import=${new URL('shifted-clock.mjs', import.meta.url).href}`,
      TEST_CLOCK_AHEAD_MS: String(seconds * 1000),
    },
  };
}
