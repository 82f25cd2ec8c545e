// The tour: starts the sandbox, adds and signs in a connection to each of its platforms, and lists what is there. It
// runs the same commands that a person would type, and prints each of them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const cli = path.resolve(import.meta.dirname, '..', 'out', 'main', 'cli.js');
const vault = process.env.LATCHKEY_TOUR_PASSPHRASE
  ? ['--vault', 'file', '--passphrase-env', 'LATCHKEY_TOUR_PASSPHRASE']
  : [];
const shownRows = 8;
const names = {
  'salto-ks': 'harbour-ks',
  'salto-nebula': 'harbour-nebula',
  konexus: 'county-alerts',
  smartenit: 'lakeside-smart',
};

let interrupted = false;
let stopWaiting = () => undefined;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true;
    stopWaiting();
  });
}

const sandbox = spawn(process.execPath, [cli, 'sandbox', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true,
});
const [line] = await Promise.race([
  once(createInterface({ input: sandbox.stdout }), 'line'),
  once(sandbox, 'exit').then(() => [null]),
]);
if (line === null) {
  console.error('The sandbox did not start.');
  process.exit(1);
}
const { control, vendors } = JSON.parse(line);
console.log(
  `\nThe sandbox runs: four platforms on this computer, everything in them invented (control: ${control}).`,
);

let failed = false;
const added = [];
for (const vendor of vendors) {
  if (failed || interrupted) break;
  const client =
    vendor.clients.find((candidate) => candidate.grant === 'password') ??
    vendor.clients.find((candidate) => candidate.grant === 'client_credentials');
  const account = vendor.accounts.find((candidate) => candidate.role === 'system user') ?? vendor.accounts[0];
  const name = names[vendor.provider];
  const secrets = { TOUR_SECRET: client.clientSecret ?? '', TOUR_PASSWORD: account?.password ?? '' };
  const where = vendor.issuer
    ? ['--issuer', vendor.issuer]
    : ['--authorization-endpoint', vendor.authorizationEndpoint, '--token-endpoint', vendor.tokenEndpoint];
  const person =
    client.grant === 'password' ? ['--username', account.username, '--password-env', 'TOUR_PASSWORD'] : [];
  await show(
    [
      'connections',
      'add',
      '--name',
      name,
      '--provider',
      vendor.provider,
      '--environment',
      'sandbox',
      '--grant',
      client.grant,
      '--client-id',
      client.clientId,
      '--client-secret-env',
      'TOUR_SECRET',
      ...person,
      ...where,
      '--api-base',
      vendor.apiBase,
    ],
    secrets,
    0,
  );
  added.push(name);
  await show(['login', name]);
}
if (!failed && !interrupted) await show(['status']);
if (!failed && !interrupted) await show(['installations']);
for (const name of added) if (!failed && !interrupted) await show(['users', name], {}, shownRows);

if (!failed && !interrupted) next();
if (!failed && !interrupted && process.stdin.isTTY && process.stdout.isTTY) {
  console.log('\nThe sandbox stays until you press Ctrl-C.');
  await new Promise((resolve) => {
    stopWaiting = resolve;
  });
}
for (const name of added) await run(['connections', 'remove', name]);
sandbox.kill('SIGTERM');
await once(sandbox, 'exit');
process.exitCode = failed ? 1 : 0;

function next() {
  const keys = ['LATCHKEY_HOME', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'LATCHKEY_TOUR_PASSPHRASE'];
  const environment = keys
    .filter((key) => process.env[key])
    .map((key) => `export ${key}='${process.env[key]}'`);
  const command = `node ${path.relative(process.cwd(), cli)}`;
  console.log(`
What to try next${process.stdout.isTTY ? ', in another terminal of this folder while the sandbox runs' : ' (npm run tour in a terminal keeps the sandbox running for this)'}:
${process.stdout.isTTY ? environment.map((text) => `  ${text}`).join('\n') : ''}
  ${command} users harbour-ks --search ana
  ${command} inspect --connection county-alerts
  curl -H "Authorization: Bearer $(${command} token harbour-ks)" ${vendors[0].apiBase}/v1.2/sites
  ${command} --help
Your own platforms: ${command} connections add --help`);
}

/** Prints a command as a person would type it, runs it and shows what it prints (at most `rows` lines of it). */
async function show(commandLine, secrets = {}, rows = 100) {
  const typed = commandLine.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(' ');
  console.log(`\n$ latchkey ${typed}`);
  const { code, out } = await run(commandLine, secrets);
  const lines = out.trimEnd().split('\n');
  if (rows > 0 && out !== '') console.log(lines.slice(0, rows).join('\n'));
  if (rows > 0 && lines.length > rows)
    console.log(`... and ${(lines.length - rows).toLocaleString('en')} more`);
  if (code !== 0) {
    failed = true;
    console.error(`(ended with exit code ${code})`);
  }
}

async function run(commandLine, secrets = {}) {
  const child = spawn(process.execPath, [cli, ...commandLine, ...vault], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...secrets },
    detached: true,
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  const [code] = await once(child, 'close');
  return { code, out };
}
