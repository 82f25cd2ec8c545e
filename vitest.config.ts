import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/**
 * Integration and end-to-end tests mostly wait for other processes: two at once for each core keep it busy. Beyond eight
 * the browsers would want more memory than they save time.
 */
const maxWorkers = Math.min(8, 2 * availableParallelism());

/** A bound against hanging, not an assertion: the machine may have much else to do. */
const expect = { poll: { timeout: 60_000 } };

/** Unit tests touch nothing outside the process; integration tests talk to real servers, keychain and browser. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect,
          maxWorkers,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          expect,
          maxWorkers,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
