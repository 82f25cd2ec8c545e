import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningSandbox, startSandboxProcess } from '../support/cli.ts';
import { vendorOf } from '../support/connect.ts';
import { type Profile, newProfile, removeProfiles } from '../support/profile.ts';

let sandbox: RunningSandbox;
let profile: Profile;
const vault = ['--vault', 'file', '--passphrase-env', 'TEST_PASSPHRASE'];
const killedAfter = 12;

beforeAll(async () => {
  sandbox = await startSandboxProcess();
  profile = await newProfile({
    PATH: process.env.PATH ?? '',
    TEST_PASSPHRASE: 'several words for a test',
    TEST_SECRET: 'demo-lantern-23',
    TEST_PASSWORD: 'demo-flotilla-21',
    TEST_SYSTEM: 'demo-flotilla-55',
  });
  const vendor = vendorOf(sandbox.description, 'salto-ks');
  const added = await profile.cli.run([
    ...['connections', 'add', '--name', 'fleet', '--provider', 'salto-ks', '--environment', 'sandbox'],
    ...['--grant', 'password', '--client-id', 'harbour-service', '--client-secret-env', 'TEST_SECRET'],
    ...['--username', 'greta.holm@fleet-operations.example', '--password-env', 'TEST_PASSWORD'],
    ...['--issuer', vendor.issuer ?? '', '--api-base', vendor.apiBase, ...vault],
  ]);
  expect(added.code, added.err).toBe(0);
  const login = await profile.cli.run(['login', 'fleet', ...vault]);
  expect(login.code, login.err).toBe(0);
});
afterAll(async () => {
  await sandbox.stop();
  await removeProfiles();
});

test('a plan is made, its apply is killed and applied again, its invitation accepted, and verified', async () => {
  const { cli, home } = profile;
  const file = path.join(home, 'plan.json');
  const latchkey = (...words: string[]) => cli.run(['system-user', ...words, ...vault]);
  const email = 'new.system@fleet-integration.example';
  const plan = await latchkey(
    ...['plan', 'fleet', '--email', email, '--first-name', 'New', '--last-name', 'System'],
    ...['--role', 'site_admin', '--matching', 'Terminal', '--out', file],
  );
  expect(plan.code, plan.err).toBe(0);
  expect(plan.out).toMatch(/To do: \d+ invite\./);
  // Never over another plan, and said before any site is looked at.
  await sandbox.control('DELETE', '/log');
  const twice = await latchkey(
    ...['plan', 'fleet', '--email', email, '--first-name', 'New', '--last-name', 'System'],
    ...['--matching', 'Terminal 002', '--out', file],
  );
  expect(twice).toMatchObject({ code: 1, err: expect.stringContaining('is there already') as string });
  expect(await sandbox.control('GET', '/log')).toEqual([]);
  // Nobody is there to say yes.
  expect(await latchkey('apply', file)).toMatchObject({
    code: 2,
    err: expect.stringContaining('Nobody is there to say yes') as string,
  });

  // Whoever reads goes away after the first line: what is at work is finished, and no other site is changed.
  await sandbox.control('POST', '/faults', {
    ...{ provider: 'salto-ks', path: '/*', method: 'POST', delayMs: 300, times: 1000 },
  });
  const unread = cli.start(['system-user', 'apply', file, '--yes', '--json', ...vault]);
  const left = once(unread, 'close');
  const said: string[] = [];
  const remarks = createInterface({ input: unread.stderr! }).on('line', (line) => said.push(line));
  const firstLines = createInterface({ input: unread.stdout! });
  await once(firstLines, 'line');
  firstLines.close();
  unread.stdout?.destroy();
  expect(await left).toEqual([3, null]);
  remarks.close();
  expect(said.join('\n')).toMatch(
    /Nobody reads[^]*Cancelled\.[^]*\d+ changes are left\. Apply the plan again/,
  );
  await sandbox.control('DELETE', '/faults');
  const recorded = await cli.run(['system-user', 'record', '--json', ...vault]);
  const ending = recorded.out.trim().split('\n').at(-1) ?? '';
  expect(JSON.parse(ending)).toMatchObject({ event: 'ended', left: expect.any(Number) as number });

  const child = cli.start(['system-user', 'apply', file, '--yes', '--json', ...vault]);
  const ended = once(child, 'exit');
  const done: string[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    done.push(line);
    if (done.length === killedAfter) child.kill('SIGKILL');
  }
  await ended;
  expect(done.length).toBeGreaterThanOrEqual(killedAfter);

  const again = await cli.run(['system-user', 'apply', file, '--yes', '--json', ...vault]);
  const events = again.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; outcome?: string; outcomes?: object });
  const planned = JSON.parse(await readFile(file, 'utf8')) as { rows: { action: string }[] };
  const changes = planned.rows.filter(({ action }) => action !== 'none').length;
  expect(again.code, again.out + again.err).toBe(0);
  expect(events.filter(({ event }) => event === 'row')).toHaveLength(changes);
  expect(events.every(({ outcome }) => outcome === undefined || /done|already/.test(outcome))).toBe(true);

  // The sandbox's own log: one invitation a site, and none that was refused as a second one.
  const log = (await sandbox.control('GET', '/log')) as { method: string; path: string; status: number }[];
  const invitations = log.filter(({ method, path: where }) => method === 'POST' && where.endsWith('/users'));
  expect(invitations.map(({ status }) => status)).toEqual(invitations.map(() => 201));
  expect(new Set(invitations.map(({ path: where }) => where)).size).toBe(changes);
  expect(invitations).toHaveLength(changes);

  await sandbox.control('POST', '/accept', { email });
  const wait = await latchkey('wait', file, '--minutes', '1');
  expect(wait.code, wait.err).toBe(0);
  const connect = await latchkey(
    ...['connect', file, '--name', 'integration', '--client-id', 'harbour-service'],
    ...['--client-secret-env', 'TEST_SECRET', '--password-env', 'TEST_SYSTEM'],
  );
  expect(connect.code, connect.err).toBe(0);
  expect(connect.err).toContain('RFC 9700');
  const verified = await latchkey('verify', file, '--as', 'integration');
  expect(verified.code, verified.out + verified.err).toBe(0);
  expect(verified.out).toContain('No drift.');

  const record = await latchkey('record');
  expect(record.out).not.toContain('@');
  expect(record.out.match(/invite {2}done/g)?.length).toBeGreaterThan(10);
});
