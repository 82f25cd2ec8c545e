/**
 * `npm run soak:sessions -- --minutes 30 --seed 1`: scripts and a browser door keep sessions of one-minute tokens alive while
 * everything goes wrong at random. One line a minute, the counts at the end.
 */
import { parseArgs } from 'node:util';
import { runSessionSoak } from '../test/support/session-soak.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= 24 * 60)) {
  console.error(`--minutes takes a number above 0 and up to 1440, not "${values.minutes}".`);
  process.exit(2);
}
const enough = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => enough.abort());

const { counts, failures } = await runSessionSoak({
  milliseconds: minutes * 60_000,
  reportEveryMs: 60_000,
  seed: Number(values.seed),
  say: (line) => console.log(line),
  signal: enough.signal,
});
for (const [what, times] of Object.entries(counts).sort()) console.log(`${what}: ${times}`);
console.log(`${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
