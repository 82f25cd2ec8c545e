/**
 * `npm run soak:doors -- --minutes 5`: browser door, desktop door on the stand-in and command line at once on one
 * profile. One line a minute, `N passed, N failed` at the end.
 */
import { parseArgs } from 'node:util';
import { runDoorsAtOnce } from '../test/support/doors.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '5' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= 24 * 60)) {
  console.error(`--minutes takes a number above 0 and up to 1440, not "${values.minutes}".`);
  process.exit(2);
}

// Everything that was started is ended in order, also when a person has seen enough.
const enough = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => enough.abort());

console.log('Desktop door: on the stand-in. A run of Electron itself is test/e2e/desktop/electron.test.ts.');
const { passed, failures } = await runDoorsAtOnce({
  milliseconds: minutes * 60_000,
  checkEveryMs: 60_000,
  say: (line) => console.log(line),
  signal: enough.signal,
});
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
