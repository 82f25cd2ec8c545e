import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Applied } from '../../../main/system-user/apply.ts';
import { journalFile } from '../../../main/system-user/journal.ts';
import { type Plan, type PlanRow, changesOf, parsePlan } from '../../../main/system-user/plan.ts';
import { type Fleet, startFleet, systemUser, value } from './fleet.ts';

// What Salto may answer that nobody expects, and what then is said: nothing is called done that was not seen.

let fleet: Fleet;
let plan: Plan;
beforeAll(async () => {
  fleet = await startFleet();
  plan = value(
    await fleet.service.plan(fleet.manager, systemUser, { kind: 'matching', text: 'depot' }, fleet.job),
  );
});
afterAll(() => fleet.stop());

/** A plan of these rows alone. */
const planOf = (...rows: PlanRow[]): Plan => ({ ...plan, id: randomUUID(), rows });
const used = new Set<string>();

/** A row with that change that no test has had yet. */
function rowOf(action: PlanRow['action']): PlanRow {
  const row = plan.rows.find((one) => one.action === action && !used.has(one.site.id));
  if (row === undefined) throw new Error(`no row to ${action}`);
  used.add(row.site.id);
  return row;
}

const fault = (row: PlanRow, rest: object): Promise<unknown> =>
  fleet.control('POST', '/faults', {
    provider: 'salto-ks',
    path: `/v1.1/sites/${row.site.id}/users*`,
    method: row.action === 'add' ? 'POST' : 'PATCH',
    ...rest,
  });
const apply = async (one: Plan): Promise<Applied> => value(await fleet.service.apply(one, fleet.job));
const asSiteUser = {
  id: 'u-1',
  user: {},
  roles: [{ id: 'r-1', code: 'site_user', customer_reference: 'Site User', is_hierarchical: true }],
  subscription_state: 'subscribed',
};

test('a yes that shows another role is looked at again, done again, and only then called done', async () => {
  const row = rowOf('change_role');
  await fault(row, { status: 200, body: asSiteUser });
  expect((await apply(planOf(row))).results).toMatchObject([{ outcome: 'done' }]);
  const site = (await fleet.truth()).find(({ id }) => id === row.site.id);
  const member = site?.members.find(({ email }) => email === systemUser.email);
  expect(member?.roles).toEqual([row.role?.code]);
});

test('a yes after which the role never changes is uncertain, not done', async () => {
  const row = rowOf('change_role');
  await fault(row, { status: 200, body: asSiteUser, times: 100 });
  const { results } = await apply(planOf(row));
  await fleet.control('DELETE', '/faults');
  expect(results).toMatchObject([
    { outcome: 'uncertain', message: expect.stringContaining('does not show it') as string },
  ]);
});

test('a seat that somebody else took since the plan', async () => {
  const row = rowOf('activate');
  await fault(row, { status: 200, body: { ...asSiteUser, subscription_state: 'suspended' } });
  const [result] = (await apply(planOf(row))).results;
  expect(result).toMatchObject({
    outcome: 'no_seat',
    message: expect.stringContaining('the last free one was taken') as string,
    nextStep: expect.stringContaining('Buy a seat') as string,
  });
});

test('a seat that Salto refuses: its reason, and seats as the next step', async () => {
  const row = rowOf('activate');
  await fault(row, { status: 400, body: { ErrorCode: 1101, Message: 'No seats available' } });
  const [result] = (await apply(planOf(row))).results;
  expect(result).toMatchObject({
    outcome: 'refused',
    message: expect.stringContaining('No seats available') as string,
    nextStep: expect.stringContaining('buy or free one') as string,
  });
});

test('a record from a clock that was a day ahead makes nothing wait for a day', async () => {
  const row = rowOf('add');
  const one = planOf(row);
  const inADay = new Date(Date.now() + 86_400_000).toISOString();
  await mkdir(path.dirname(journalFile(fleet.home)), { recursive: true });
  const intent = {
    v: 1,
    event: 'intent',
    at: inADay,
    plan: one.id,
    run: 'r',
    site: row.site.id,
    action: 'add',
    role: null,
  };
  await writeFile(journalFile(fleet.home), `${JSON.stringify(intent)}\n`, { flag: 'a' });
  expect((await apply(one)).results).toMatchObject([{ outcome: 'done' }]);
  const times = value(await fleet.service.record()).flatMap((entry) =>
    entry.plan === one.id && entry.event !== 'intent' ? [Date.parse(entry.at)] : [],
  );
  expect(Math.max(...times) - Math.min(...times)).toBeLessThan(120_000);
});

test('a role that no site has is told from one that the caller may not give', async () => {
  const wanted = {
    ...systemUser,
    email: 'a@fleet-integration.example',
    role: 'site_manager',
    fallbackRole: null,
  };
  const made = value(
    await fleet.service.plan(
      fleet.manager,
      wanted,
      { kind: 'listed', sites: ['Fleet Depot 006'] },
      fleet.job,
    ),
  );
  expect(made.rows).toMatchObject([
    {
      state: 'not_allowed',
      message: expect.stringMatching(
        /"site_manager" is not among those .*: site_owner, site_admin/,
      ) as string,
      nextStep: expect.stringContaining('plan again with its code') as string,
    },
  ]);
});

test('who has no role for good is not sent round in circles', () => {
  const row = plan.rows.find(({ state }) => state === 'unsettled');
  expect(row?.nextStep).toContain('give it one in the web application');
});

test('verify believes no list: a site that says itself there is no seat is suspended, a blocked one blocked', async () => {
  const there = plan.rows.filter(({ state }) => state === 'right_role').slice(0, 2);
  const own = { ...asSiteUser, roles: [{ id: 'r', code: 'site_owner', customer_reference: 'Site Owner' }] };
  for (const [at, more] of [{ subscription_state: 'suspended' }, { blocked: true }].entries()) {
    await fleet.control('POST', '/faults', {
      provider: 'salto-ks',
      path: `/v1.2/sites/${there[at]?.site.id ?? ''}/me`,
      status: 200,
      body: { ...own, ...more },
    });
  }
  const connection = await fleet.connect('integration', systemUser.email, 'demo-flotilla-34');
  const verified = value(await fleet.service.verify(planOf(...there), connection, fleet.job));
  expect(verified.rows.map(({ verdict }) => verdict)).toEqual(['suspended', 'blocked']);
});

test('a file that is no plan is called that, whatever JSON it is', () => {
  for (const text of ['{}', '[]', 'null', '{"format":"npm"}', '7']) {
    expect(parsePlan(text)).toMatchObject({
      ok: false,
      error: { code: 'input_invalid', message: 'This is not a plan of Latchkey for a system user.' },
    });
  }
  expect(changesOf(plan).length).toBeGreaterThan(20);
});
