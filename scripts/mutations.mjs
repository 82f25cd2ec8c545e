// `npm run test:mutations`: takes each rule of the doors with a screen away, one at a time, in a throw-away copy of the tree, and
// expects the test of that rule to go red. A rule whose test stays green is a rule that nobody would miss.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from './build.mjs';
import { install, node, projectEnvironment, root } from './install.mjs';
import { mutations as list } from './mutation-list.mjs';
import { installSystemPackages, testPackages } from './system-packages.mjs';

/** Longer than any run of a few tests takes; what hangs is no proof. */
const runMs = 120_000;
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
async function run(commandLine, output = 'ignore') {
  const child = spawn(node, commandLine, {
    cwd: copy,
    stdio: ['ignore', output, output],
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
  const timer = setTimeout(stop, runMs);
  const [code] = await once(child, 'exit');
  clearTimeout(timer);
  stopRun = () => undefined;
  return code;
}

/** The tests that ran, with whether they passed. Empty where the files did not even load. */
async function runTests(files, name) {
  const report = path.join(copy, 'mutation-report.json');
  rmSync(report, { force: true });
  await run([
    ...[bin('vitest/vitest.mjs'), 'run', ...files, '--reporter', 'json', '--outputFile', report],
    ...(name === undefined ? [] : ['-t', name]),
  ]);
  try {
    return JSON.parse(readFileSync(report, 'utf8')).testResults.flatMap((file) =>
      file.assertionResults.map(({ fullName, status, failureMessages }) => ({
        file: path.relative(copy, file.name),
        name: fullName,
        status,
        why: (failureMessages?.[0] ?? '').split('\n')[0].slice(0, 90),
      })),
    );
  } catch {
    return [];
  }
}

const concerns = (mutation) => (result) =>
  result.file === mutation.tests.file && new RegExp(mutation.tests.name).test(result.name);

/** The bundle that a source is part of; end-to-end tests run what was built. */
function bundleOf(file) {
  if (file.startsWith('renderer/')) return 'vite.config.ts';
  return file === 'preload/desktop.ts' ? 'vite.preload.config.ts' : 'vite.main.config.ts';
}
const bundled = (tests) => tests.file.startsWith('test/e2e/');
const stale = new Set();
async function bundle() {
  for (const config of stale) {
    const code = await run([bin('vite/bin/vite.js'), 'build', '--config', config]);
    if (code !== 0) return false;
  }
  return true;
}

/** What became of the tests of one rule without it: 'red' is as it should be. */
async function tryMutation(mutation) {
  const { tests } = mutation;
  const file = path.join(copy, mutation.file);
  const source = readFileSync(file, 'utf8');
  const found = source.split(mutation.find).length - 1;
  if (found !== 1) return `NOT FOUND ONCE (${found})`;
  writeFileSync(
    file,
    source.replace(mutation.find, () => mutation.replace),
  );
  const built = bundled(tests);
  try {
    if (built) {
      stale.add(bundleOf(mutation.file));
      if (!(await bundle())) return 'DOES NOT BUILD';
      stale.clear();
      stale.add(bundleOf(mutation.file)); // to be built anew once the source is back
    }
    const results = (await runTests([tests.file], tests.whole ? undefined : tests.name)).filter(
      concerns(mutation),
    );
    const failed = results.find(({ status }) => status === 'failed');
    if (failed) return `red (${failed.why})`;
    return results.some(({ status }) => status === 'passed') ? 'GREEN' : 'DID NOT RUN';
  } finally {
    writeFileSync(file, source);
  }
}

/** `npm run test:mutations -- CSP`: only the rules with this word. */
const word = process.argv[2] ?? '';
const mutations = list.filter(({ rule }) => rule.includes(word));
const started = Date.now();
const baseline = await runTests([...new Set(mutations.map(({ tests }) => tests.file))]);
const rows = [];
for (const mutation of mutations) {
  const before = baseline.filter(concerns(mutation));
  const sound = before.length > 0 && before.every(({ status }) => status === 'passed');
  const outcome = sound ? await tryMutation(mutation) : 'RED BEFORE ANYTHING WAS CHANGED';
  rows.push({ ...mutation, outcome });
  const [rule, change] = [mutation.rule.padEnd(34), mutation.mutation.padEnd(48)];
  console.log(`${rule} ${change} ${outcome}`);
}
const passed = rows.filter(({ outcome }) => outcome.startsWith('red ')).length;
console.log(`\n${rows.length} rules taken away in ${Math.round((Date.now() - started) / 1000)} s`);
console.log(`${passed} passed, ${rows.length - passed} failed`);
process.exit(passed === rows.length ? 0 : 1);
