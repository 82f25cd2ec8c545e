/**
 * `npm run fuzz:inspect [-- SECONDS [SEED]]`: five minutes of texts that nobody would paste. A failure prints the seed and
 * the round, which repeat it.
 */
import { fuzzInspector } from '../test/support/token-fuzz.ts';

const seconds = Number(process.argv[2] ?? 300);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
console.log(`${seconds} s, seed ${seed}`);
const { rounds, verdicts, slowestMs } = await fuzzInspector(seconds * 1000, seed);
console.log(`${rounds} texts, the slowest took ${slowestMs.toFixed(0)} ms`);
for (const [code, count] of Object.entries(verdicts).toSorted((a, b) => b[1] - a[1]))
  console.log(`${code}: ${count}`);
