// `npm test`: installs what the tests need, then lint, types, unit, integration and end-to-end; one closing line.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from './build.mjs';
import { install, node, projectEnvironment, root } from './install.mjs';
import { installSystemPackages, testPackages } from './system-packages.mjs';

install();
const missing = installSystemPackages(testPackages);
if (missing.length > 0) {
  console.error(`The tests need these Debian packages: ${missing.join(', ')}.`);
  console.error(`Install them with: sudo apt-get install ${missing.join(' ')}`);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exit(1);
}
build();

const results = path.join(root, 'test-results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const bin = (file) => path.join(root, 'node_modules', file);
const total = { passed: 0, failed: 0, skipped: 0 };
/** What failed said of it, for the end of the output. */
const failures = [];

/**
 * Runs one program. Each line that it prints is passed on behind its name, for several run at once.
 * @returns its lines, and whether it ended well
 */
async function run(name, commandLine) {
  const started = Date.now();
  console.log(`== ${name}`);
  const child = spawn(node, commandLine, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...projectEnvironment(), NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  const lines = [];
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      if (line !== '') console.log(`${name} | ${line}`);
    });
  const status = await new Promise((resolve) => child.once('error', resolve).once('close', resolve));
  const fine = status === 0;
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`== ${name}: ${fine ? 'ok' : 'FAILED'} in ${seconds} s`);
  if (!fine) failures.push(`\n== ${name}`, ...lines.slice(beginningOfFailures(lines)));
  return fine;
}

/** Where vitest's list of failures begins; other programs print little besides. */
function beginningOfFailures(lines) {
  const begins = lines.findIndex((line) => /⎯ (Failed|Unhandled) /.test(line));
  return begins === -1 ? -60 : begins;
}

async function check(name, commandLine) {
  total[(await run(name, commandLine)) ? 'passed' : 'failed'] += 1;
}

/** Runs the tests of these projects together; gives the results of every file. */
async function tests(...projects) {
  const file = path.join(results, `${projects.join('-')}.json`);
  const fine = await run(projects.join(', '), [
    bin('vitest/vitest.mjs'),
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    ...['--reporter', 'default', '--reporter', 'json', '--outputFile.json', file],
  ]);
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    total.passed += report.numPassedTests;
    total.failed += report.numFailedTests;
    total.skipped += report.numPendingTests + report.numTodoTests;
    if (!fine && report.numFailedTests === 0) total.failed += 1;
    return report.testResults;
  } catch {
    total.failed += 1;
    return [];
  }
}

/** Begins them in this order, as many at once as there are cores: each keeps one busy. */
async function sideBySide(jobs) {
  const worker = async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

await sideBySide([
  () => check('lint', [bin('eslint/bin/eslint.js'), '.']),
  () => tests('unit'),
  () =>
    check('types of components', [
      bin('svelte-check/bin/svelte-check'),
      ...['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'human'],
    ]),
  () => check('format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']),
  () => check('types', [bin('typescript/bin/tsc'), '--noEmit']),
]);
// Together, for one waits while the other computes.
const files = await tests('integration', 'e2e');

if (failures.length > 0) console.log(`\nWhat failed, once more:\n${failures.join('\n')}`);
const walk = files.filter(({ name }) => path.basename(name) === 'walk.test.ts');
const passed = walk.flatMap(({ assertionResults }) =>
  assertionResults.filter(({ status }) => status === 'passed'),
);
const ran = ['browser door', 'desktop on the stand-in', 'desktop on Electron'].map((door) => {
  const walked = passed.some(({ fullName }) => fullName.startsWith(door));
  return `${door} ${walked ? 'ran' : 'did NOT run'}`;
});
console.log(`\nThe walk of every door: ${ran.join(', ')}.`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
