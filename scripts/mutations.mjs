// `npm run test:mutations`: takes each rule of the security tables away, one at a time, in a throw-away copy of the tree, and
// expects the test of that rule to go red. A rule whose test stays green is a rule that nobody would miss.
//
// `-- --only WORD` tries the mutations with this word in a row, a change or a file; `-- --list` names them and tries none.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { install, node, projectEnvironment, root } from './install.mjs';
import { mutations as all } from './mutations/list.mjs';
import { installSystemPackages, testPackages } from './system-packages.mjs';

const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' } } });
const word = (values.only ?? '').toLowerCase();
const mutations = all.filter((mutation) => describe(mutation).toLowerCase().includes(word));

function describe({ rows, change, file, tests }) {
  return `${rows.join('; ')} | ${change} | ${file} | ${tests.file}`;
}
if (mutations.length === 0) {
  console.error(`No mutation has "${values.only}" in it.`);
  process.exit(2);
}
if (values.list) {
  for (const mutation of mutations) console.log(describe(mutation));
  process.exit(0);
}

/** Longer than any run of a few tests takes; what hangs is no proof. */
const runMs = 240_000;
/** A whole file is a walk through everything. */
const wholeMs = 900_000;
const left = new Set(['.git', 'node_modules', 'dist', 'test-results']);

install();
const missing = installSystemPackages(testPackages);
if (missing.length > 0) {
  console.error(`The tests need these Debian packages: ${missing.join(', ')}.`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
build();

const copy = realpathSync(mkdtempSync(path.join(tmpdir(), 'latchkey-mutations-')));
let stopRun = () => undefined;
process.once('exit', () => {
  stopRun(); // first, or it would write into what is being removed
  rmSync(copy, { recursive: true, force: true, maxRetries: 5 });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
cpSync(root, copy, { recursive: true, filter: (from) => !left.has(path.relative(root, from)) });
symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
const bin = (file) => path.join(root, 'node_modules', file);

/** Runs a script in the copy, with all that it starts; its exit code, or null where it did not end in time. */
async function run(commandLine, boundMs = runMs) {
  const child = spawn(node, commandLine, {
    cwd: copy,
    stdio: 'ignore',
    env: projectEnvironment(),
    detached: true,
  });
  const stop = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // All of it has ended.
    }
  };
  stopRun = stop;
  const timer = setTimeout(stop, boundMs);
  const [code] = await once(child, 'exit');
  clearTimeout(timer);
  stopRun = () => undefined;
  return code;
}

/** The tests that ran, with whether they passed; empty where the files did not even load, null where they did not end. */
async function runTests(files, names, boundMs = runMs) {
  const report = path.join(copy, 'mutation-report.json');
  rmSync(report, { force: true });
  const code = await run(
    [
      ...[bin('vitest/vitest.mjs'), 'run', ...files, '--reporter', 'json', '--outputFile', report],
      ...(names === null ? [] : ['-t', names]),
    ],
    boundMs,
  );
  if (code === null) return null;
  try {
    return JSON.parse(readFileSync(report, 'utf8')).testResults.flatMap((file) =>
      file.assertionResults.map(({ fullName, status, failureMessages }) => ({
        file: path.relative(copy, file.name),
        name: fullName,
        status,
        why: failureMessages?.[0] ?? '',
      })),
    );
  } catch {
    return [];
  }
}

const concerns =
  ({ tests }) =>
  (result) =>
    result.file === tests.file && new RegExp(tests.name).test(result.name);

/** The bundle that a source is part of; some tests run what was built. */
function bundleOf(file) {
  if (file.startsWith('renderer/')) return 'vite.config.ts';
  return file === 'preload/desktop.ts' ? 'vite.preload.config.ts' : 'vite.main.config.ts';
}
const isBundled = ({ tests, built = tests.file.startsWith('test/e2e/') }) => built;

/** The built doors as they are without a mutation. */
function restoreBundles() {
  rmSync(path.join(copy, 'out'), { recursive: true, force: true });
  cpSync(path.join(root, 'out'), path.join(copy, 'out'), { recursive: true });
}

/** How a test went red: an assertion says that the rule is missed; the others only that something is. */
function kindOfRed(why) {
  if (/timed out in \d+ms|Timeout \d+ms exceeded|TimeoutError/.test(why)) return 'time-out';
  // vitest's own, those of a poll, and of a promise that was to be rejected.
  const asserted = /^(AssertionError|Error: (expect\(|expected .* to |promise (resolved|rejected) ))/;
  return asserted.test(why) ? 'assertion' : 'exception';
}

/** What was said first, and where in the test where that is not an assertion. */
function inShort(why) {
  const place = kindOfRed(why) === 'assertion' ? '' : (/test\/[\w./-]+:\d+/.exec(why)?.[0] ?? '');
  return `${why.split('\n')[0].slice(0, 90)} ${place}`.trim();
}
const kinds = ['assertion', 'exception', 'time-out'];

/** What became of the tests of one rule without it, and of what kind that is; kind null is not red. */
async function tryMutation(mutation) {
  const { tests } = mutation;
  const file = path.join(copy, mutation.file);
  const source = readFileSync(file, 'utf8');
  const found = source.split(mutation.find).length - 1;
  if (found !== 1) return { kind: null, words: `NOT FOUND ONCE (${found})` };
  writeFileSync(
    file,
    source.replace(mutation.find, () => mutation.replace),
  );
  try {
    if (isBundled(mutation)) {
      const code = await run([bin('vite/bin/vite.js'), 'build', '--config', bundleOf(mutation.file)]);
      if (code !== 0) return { kind: null, words: 'DOES NOT BUILD' };
    }
    const ran = tests.whole
      ? await runTests([tests.file], null, wholeMs)
      : await runTests([tests.file], tests.name);
    if (ran === null) return { kind: 'time-out', words: 'the run did not end' };
    const results = ran.filter(concerns(mutation));
    const reds = results
      .filter(({ status }) => status === 'failed')
      .map(({ why }) => ({ kind: kindOfRed(why), words: inShort(why) }))
      .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
    const green = results.some(({ status }) => status === 'passed') ? 'GREEN' : 'DID NOT RUN';
    return reds[0] ?? { kind: null, words: green };
  } finally {
    writeFileSync(file, source);
    if (isBundled(mutation)) restoreBundles();
  }
}

/** Every test that is needed has to be green before anything is changed; each file is run once for all its mutations. */
async function baseline() {
  const whole = new Set(mutations.filter(({ tests }) => tests.whole).map(({ tests }) => tests.file));
  const named = mutations.filter(({ tests }) => !whole.has(tests.file));
  const files = [...new Set(named.map(({ tests }) => tests.file))];
  const names = [...new Set(named.map(({ tests }) => `(${tests.name})`))].join('|');
  const results = files.length === 0 ? [] : await runTests(files, names, 60_000 + files.length * 30_000);
  for (const file of whole) results?.push(...((await runTests([file], null, wholeMs)) ?? []));
  return results ?? [];
}

const started = Date.now();
const seconds = () => Math.round((Date.now() - started) / 1000);
const before = await baseline();
console.log(
  `${before.filter(({ status }) => status === 'passed').length} tests green before, ${seconds()} s`,
);
const count = new Map();
for (const mutation of mutations) {
  const results = before.filter(concerns(mutation)).filter(({ status }) => status !== 'skipped');
  const sound = results.length > 0 && results.every(({ status }) => status === 'passed');
  const { kind, words } = sound
    ? await tryMutation(mutation)
    : { kind: null, words: results.length > 0 ? 'RED BEFORE ANYTHING WAS CHANGED' : 'NO SUCH TEST' };
  const said = kind === null ? `NOT RED: ${words}` : `red by ${kind} (${words})`;
  count.set(kind, (count.get(kind) ?? 0) + 1);
  console.log(`${mutation.rows[0].slice(0, 50).padEnd(50)}  ${mutation.change.padEnd(48)}  ${said}`);
}
const tally = kinds.flatMap((kind) => (count.has(kind) ? [`${count.get(kind)} red by ${kind}`] : []));
const notRed = count.get(null) ?? 0;
console.log(`\n${mutations.length} rules taken away in ${seconds()} s: ${tally.join(', ') || 'none red'}`);
console.log(`${mutations.length - notRed} passed, ${notRed} failed`);
process.exit(notRed === 0 ? 0 : 1);
