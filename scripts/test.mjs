// `npm test`: installs what the tests need, then lint, types, unit, integration and end-to-end; one closing line.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
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

function run(name, commandLine) {
  const started = Date.now();
  console.log(`\n== ${name}`);
  const { status } = spawnSync(node, commandLine, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...projectEnvironment(), FORCE_COLOR: '0' },
  });
  console.log(
    `== ${name}: ${status === 0 ? 'ok' : 'FAILED'} in ${Math.round((Date.now() - started) / 1000)} s`,
  );
  return status === 0;
}

/** Whether a test whose name begins so was run and passed. */
function ranIn(project, beginning) {
  try {
    const report = JSON.parse(readFileSync(path.join(results, `${project}.json`), 'utf8'));
    return report.testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .some(({ fullName, status }) => fullName.startsWith(beginning) && status === 'passed');
  } catch {
    return false;
  }
}

function check(name, commandLine) {
  total[run(name, commandLine) ? 'passed' : 'failed'] += 1;
}

function tests(project) {
  const file = path.join(results, `${project}.json`);
  const fine = run(project, [
    bin('vitest/vitest.mjs'),
    'run',
    '--project',
    project,
    '--reporter',
    'default',
    '--reporter',
    'json',
    '--outputFile.json',
    file,
  ]);
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    total.passed += report.numPassedTests;
    total.failed += report.numFailedTests;
    total.skipped += report.numPendingTests + report.numTodoTests;
    if (!fine && report.numFailedTests === 0) total.failed += 1;
  } catch {
    total.failed += 1;
  }
}

check('lint', [bin('eslint/bin/eslint.js'), '.']);
check('format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']);
check('types', [bin('typescript/bin/tsc'), '--noEmit']);
check('types of components', [
  bin('svelte-check/bin/svelte-check'),
  '--tsconfig',
  './tsconfig.json',
  '--fail-on-warnings',
  '--output',
  'human',
]);
for (const project of ['unit', 'integration', 'e2e']) tests(project);

const walked = ['browser door', 'desktop on the stand-in', 'desktop on Electron'];
const ran = walked.map((door) => `${door} ${ranIn('e2e', door) ? 'ran' : 'did NOT run'}`);
console.log(`\nThe walk of every door: ${ran.join(', ')}.`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
