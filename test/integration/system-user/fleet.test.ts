import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listConnections } from '../../../main/connections/connections.ts';
import { withLock } from '../../../main/lock.ts';
import { lockFolder } from '../../../main/sessions/lock-folder.ts';
import { journalFile } from '../../../main/system-user/journal.ts';
import { type Plan, changesOf } from '../../../main/system-user/plan.ts';
import { isDrift } from '../../../main/system-user/verify.ts';
import { type Fleet, type LogLine, type Truth, startFleet, systemUser, value } from './fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet.stop());

const ranks = ['site_user', 'night_reception', 'site_super_user', 'site_admin', 'site_owner'];
const rank = (code: string): number => ranks.indexOf(code);

/** What a plan has to say of a site, worked out from what is there. */
function expected(site: Truth, wanted: { email: string; role: string; fallbackRole: string }): string {
  const manager = rank(site.manager);
  if (!site.released || manager < rank('night_reception')) return 'not_manageable none';
  const role = [wanted.role, wanted.fallbackRole].find((code) => rank(code) <= manager) ?? null;
  const member = site.members.find(({ email }) => email === wanted.email);
  if (member === undefined) {
    if (role === null) return 'not_allowed none';
    return site.freeSeats > 0 ? 'absent add' : 'full none';
  }
  if (member.name !== 'System User') return 'other_name none';
  if (member.blocked) return 'blocked none';
  if (member.expires !== null) return 'expired none';
  const highest = member.roles[0];
  const editable = highest === undefined || rank(highest) <= manager;
  if (member.suspended) return site.freeSeats > 0 && editable ? 'suspended activate' : 'suspended none';
  if (highest === undefined) return 'unsettled none';
  const enough = role === null ? rank(wanted.fallbackRole) : rank(role);
  if (rank(highest) >= enough) return member.accepted ? 'right_role none' : 'invited none';
  return role === null ? 'not_allowed none' : editable ? 'other_role change_role' : 'other_role none';
}

const states = (plan: Plan): Record<string, string> =>
  Object.fromEntries(plan.rows.map(({ site, state, action }) => [site.name, `${state} ${action}`]));

/** Requests that change something, of those that reached the sandbox. */
const changing = (log: readonly LogLine[]): LogLine[] =>
  log.filter(({ method, path }) => method !== 'GET' && path.includes('/sites/'));

describe('500 sites in every state', () => {
  let plan: Plan;
  let before: Truth[];

  test('the plan is right for each row, and changes nothing', async () => {
    before = await fleet.truth();
    await fleet.control('DELETE', '/log');
    plan = value(await fleet.service.plan(fleet.manager, systemUser, { kind: 'all' }, fleet.job));
    expect(plan.rows).toHaveLength(500);
    expect(states(plan)).toEqual(
      Object.fromEntries(before.map((site) => [site.name, expected(site, systemUser)])),
    );
    expect(new Set(plan.rows.map(({ state }) => state))).toEqual(
      new Set([
        ...['right_role', 'other_role', 'unsettled', 'invited', 'absent', 'full', 'suspended', 'blocked'],
        ...['expired', 'other_name', 'not_allowed', 'not_manageable'],
      ]),
    );
    expect(changing(await fleet.log())).toEqual([]);
    expect(await fleet.truth()).toEqual(before);
  });

  test('lost answers, lost requests, 429, and a network that goes away twice: exactly the planned changes', async () => {
    await fleet.control('DELETE', '/log');
    const at = (name: number): string => changesOf(plan)[name]?.site.id ?? '';
    const fault = (site: string, rest: object): Promise<unknown> =>
      fleet.control('POST', '/faults', { provider: 'salto-ks', path: `/v1.1/sites/${site}/users*`, ...rest });
    // Done, and the answer lost; never arrived; done, and a proxy's 502 in its place; asked too often.
    for (const place of [0, 10, 20]) await fault(at(place), { method: 'POST', drop: true, after: true });
    for (const place of [30, 40]) await fault(at(place), { method: 'POST', drop: true });
    for (const place of [50, 60])
      await fault(at(place), { method: 'POST', status: 502, body: '<html>', after: true });
    for (const place of [70, 80, 90]) {
      await fault(at(place), { status: 429, headers: { 'retry-after': '7' }, times: 2 });
    }

    fleet.cutAfter(300);
    const first = value(await fleet.service.apply(plan, fleet.job));
    expect(first.stopped).toMatchObject({ code: 'network_unreachable' });
    expect(first.results.some(({ outcome }) => outcome === 'not_tried')).toBe(true);
    fleet.cutAfter(250);
    const second = value(await fleet.service.apply(plan, fleet.job));
    expect(second.stopped).toMatchObject({ code: 'network_unreachable' });
    fleet.cutAfter(null);
    const last = value(await fleet.service.apply(plan, fleet.job));
    expect(last.stopped).toBeNull();

    // One site has one owner and says so; everything else is done.
    const open = last.results.filter(({ outcome }) => outcome !== 'done' && outcome !== 'already');
    const single = new Set(before.filter(({ singleOwner }) => singleOwner).map(({ id }) => id));
    expect(open.length).toBeGreaterThan(3);
    expect(open.map(({ site, outcome, message }) => [single.has(site), outcome, message])).toEqual(
      open.map(() => [true, 'refused', expect.stringContaining('The site has an owner already') as string]),
    );

    const refused = new Set(open.map(({ site }) => site));
    expect(await fleet.truth()).toEqual(before.map((site) => after(site, plan, refused)));
    // Nobody was added twice, and nobody was tried to be.
    const log = await fleet.log();
    const posts = log.filter(({ method, path }) => method === 'POST' && path.includes('/users'));
    expect(posts.filter(({ path, status }) => status === 400 && !refused.has(siteOf(path)))).toEqual([]);
    const added = posts.filter(({ status }) => status === 201).map(({ path }) => siteOf(path));
    expect(added).toHaveLength(new Set(added).size);
  });

  test('verify agrees, and finds drift later', async () => {
    const connection = await fleet.connect('integration', systemUser.email, 'demo-flotilla-34');
    const verified = value(await fleet.service.verify(plan, connection, fleet.job));
    const drift = verified.rows.filter(isDrift);
    // One-owner sites were refused, invitations wait, and users without any role have none by themselves.
    const names = new Map(plan.rows.map((row) => [row.site.id, row]));
    expect(new Set(drift.map(({ site, verdict }) => `${names.get(site)?.state ?? ''} ${verdict}`))).toEqual(
      new Set(['invited invited', 'unsettled lower_role', 'absent absent', 'other_role lower_role']),
    );
    expect(verified.beyond).toBe(0);

    const { site } = verified.rows.find(
      (row) => row.verdict === 'reachable' && names.get(row.site)?.action === 'add',
    )!;
    await suspend(fleet, site);
    const later = value(await fleet.service.verify(plan, connection, fleet.job));
    expect(later.rows.find((row) => row.site === site)).toMatchObject({ verdict: 'suspended' });
  });

  test('the record is append-only lines of ids, without a name or an address', async () => {
    const text = await readFile(journalFile(fleet.home), 'utf8');
    expect(text).not.toMatch(/@|System|Fleet|Greta/);
    const entries = value(await fleet.service.record());
    expect(entries.filter(({ event }) => event === 'began')).toHaveLength(3);
    for (const entry of entries.filter(({ event }) => event === 'began')) {
      expect(entry).toMatchObject({ as: '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be107' });
    }
  });
});

describe('invitations', () => {
  beforeEach(() => fleet.control('POST', '/switches', { 'ks.rolesDelay': true }));

  test('an unknown address is invited, accepted once by its link, and then reaches its sites', async () => {
    const wanted = { ...systemUser, email: 'new.system@fleet-integration.example', firstName: 'New' };
    const plan = value(
      await fleet.service.plan(fleet.manager, wanted, { kind: 'matching', text: 'parcel hub' }, fleet.job),
    );
    expect(plan.rows).toHaveLength(100);
    const applied = value(await fleet.service.apply(plan, fleet.job));
    expect(applied.stopped).toBeNull();
    // Applied again at once, while the roles do not show yet: nothing is done twice.
    await fleet.control('DELETE', '/log');
    const again = value(await fleet.service.apply(plan, fleet.job));
    expect(again.results.filter(({ outcome }) => outcome === 'done')).toHaveLength(
      applied.results.filter(({ outcome }) => outcome === 'done').length,
    );
    expect(changing(await fleet.log()).filter(({ status }) => status === 201)).toEqual([]);

    const waiting = value(await fleet.service.waiting(plan));
    expect(waiting.length).toBeGreaterThan(50);
    expect(await fleet.service.watch(plan, waiting, { ...fleet.job, atMostMs: 15_000 })).toMatchObject({
      ok: false,
      error: { code: 'timeout' },
    });
    await fleet.control('POST', '/accept', { email: wanted.email });
    expect(value(await fleet.service.watch(plan, waiting, fleet.job)).toSorted()).toEqual(waiting.toSorted());
    // Not let in: nothing is left behind, neither the connection nor what was typed for it.
    const typed = { name: 'newcomer', clientId: 'harbour-service', clientSecret: 'demo-lantern-23' };
    const secretsBefore = fleet.vaultItems();
    expect(
      await fleet.service.connect(plan, { ...typed, password: 'mistyped' }, fleet.job.signal),
    ).toMatchObject({
      ok: false,
      error: {
        code: 'credentials_rejected',
        hint: expect.stringMatching(/^newcomer was not added\. \w/) as string,
      },
    });
    expect(value(listConnections(fleet.home)).map(({ name }) => name)).not.toContain('newcomer');
    expect(fleet.vaultItems()).toEqual(secretsBefore);
    // The clock has moved past the minute: roles show.
    const connection = value(
      await fleet.service.connect(plan, { ...typed, password: 'demo-flotilla-55' }, fleet.job.signal),
    );
    expect(connection).toMatchObject({ grant: 'password', clientAuth: 'basic', username: wanted.email });
    // Corrected by a password that is refused: the one that works stays.
    expect(
      await fleet.service.connect(plan, { ...typed, password: 'mistyped' }, fleet.job.signal),
    ).toMatchObject({
      ok: false,
      error: {
        code: 'credentials_rejected',
        hint: expect.stringMatching(/^newcomer is as it was, with what the vault held for it\. \w/) as string,
      },
    });
    value(await fleet.console.sessions.signIn(connection));
    await fleet.control('POST', '/clock', { offsetSeconds: 120 });
    const verified = value(await fleet.service.verify(plan, connection, fleet.job));
    const refused = applied.results.filter(({ outcome }) => outcome === 'refused').map(({ site }) => site);
    expect(
      verified.rows
        .filter(isDrift)
        .map(({ site }) => site)
        .toSorted(),
    ).toEqual(refused.toSorted());
  });
});

describe('what goes wrong has its own message and next step', () => {
  const other = { ...systemUser, email: 'third.system@fleet-integration.example', fallbackRole: null };
  let plan: Plan;

  test('a role that the caller may not give, a full site, an address with another name', async () => {
    plan = value(
      await fleet.service.plan(fleet.manager, other, { kind: 'matching', text: 'workshop' }, fleet.job),
    );
    const notAllowed = plan.rows.find(({ state }) => state === 'not_allowed');
    expect(notAllowed?.message).toContain('You may not give Site Owner. You may give there: Site Admin');
    expect(notAllowed?.nextStep).toContain('plan again with site_admin');
    const full = plan.rows.find(({ state }) => state === 'full');
    expect(full?.message).toMatch(/no seat is free: \d+ of \d+ are taken/);
    expect(full?.nextStep).toContain('Buy a seat');
    const named = value(
      await fleet.service.plan(
        fleet.manager,
        { ...systemUser, firstName: 'Another' },
        { kind: 'matching', text: 'car park' },
        fleet.job,
      ),
    );
    const otherName = named.rows.find(({ state }) => state === 'other_name');
    expect(otherName?.message).toContain('"System User"');
    expect(otherName?.nextStep).toContain('plan again with the name System User');
  });

  test('while another run is under way in this profile nothing is changed', async () => {
    await fleet.control('DELETE', '/log');
    const lock = path.join(lockFolder(fleet.home), 'system-user');
    const applied = await withLock(lock, { timeoutMs: 10_000 }, () => fleet.service.apply(plan, fleet.job));
    expect(applied).toMatchObject({ ok: true, value: { ok: false, error: { code: 'timeout' } } });
    expect(changing(await fleet.log())).toEqual([]);
  });

  test('a site that disappears midway, one that fills up midway, and one that changed', async () => {
    const [gone, filled, changed] = changesOf(plan).map(({ site }) => site.id);
    await fleet.control('POST', '/faults', {
      provider: 'salto-ks',
      path: `/v1.1/sites/${gone ?? ''}*`,
      status: 404,
      body: { ErrorCode: 2202, Message: 'Site not found' },
      times: 100,
    });
    await fleet.control('POST', '/faults', {
      provider: 'salto-ks',
      path: `/v1.1/sites/${filled ?? ''}/users`,
      method: 'POST',
      status: 201,
      body: { id: 'u-1', user: {}, roles: [], subscription_state: 'suspended' },
    });
    await fleet.control('POST', '/faults', {
      provider: 'salto-ks',
      path: `/v1.1/sites/${changed ?? ''}/roles`,
      status: 200,
      body: { items: [], next_page_link: null, count: 0 },
    });
    const applied = value(await fleet.service.apply(plan, fleet.job));
    const result = (site: string | undefined) => applied.results.find((one) => one.site === site);
    expect(result(gone)).toMatchObject({
      outcome: 'gone',
      nextStep: expect.stringContaining('Ask its owner') as string,
    });
    expect(result(filled)).toMatchObject({
      outcome: 'no_seat',
      nextStep: expect.stringContaining('Buy a seat') as string,
    });
    expect(result(changed)).toMatchObject({
      outcome: 'changed_since',
      message: expect.stringContaining('no longer as it was planned') as string,
    });
    await fleet.control('DELETE', '/faults');
  });
});

describe('between the plan and its application', () => {
  const some = { kind: 'matching', text: 'car park 0' } as const;
  const planned = async (wanted: Parameters<typeof fleet.service.plan>[1]): Promise<Plan> =>
    value(await fleet.service.plan(fleet.manager, wanted, some, fleet.job));
  /** What applying a plan comes to, by outcome, and the sites that it changed. */
  async function applied(plan: Plan): Promise<{ outcomes: Record<string, string>; sites: string[] }> {
    await fleet.control('DELETE', '/log');
    const { results } = value(await fleet.service.apply(plan, fleet.job));
    const done = changing(await fleet.log()).filter(({ status }) => status !== null && status < 300);
    return {
      outcomes: Object.fromEntries(results.map(({ site, outcome }) => [site, outcome])),
      sites: done.map(({ path: where }) => siteOf(where)),
    };
  }
  beforeEach(() => fleet.control('POST', '/switches', { 'ks.rolesDelay': false }));

  test('somebody else did the same: nothing is done a second time', async () => {
    const wanted = { ...systemUser, email: 'fourth.system@fleet-integration.example' };
    const [mine, theirs] = [await planned(wanted), await planned(wanted)];
    const first = await applied(theirs);
    expect(first.sites.length).toBeGreaterThan(5);
    const second = await applied(mine);
    expect(second.sites).toEqual([]);
    for (const site of first.sites) expect(second.outcomes[site]).toBe('already');
  });

  test('a site that needs something else by now is left as it is', async () => {
    const email = 'fifth.system@fleet-integration.example';
    const mine = await planned({ ...systemUser, email, role: 'site_admin', fallbackRole: null });
    const first = await applied(
      await planned({ ...systemUser, email, role: 'site_user', fallbackRole: null }),
    );
    expect(first.sites.length).toBeGreaterThan(5);
    const second = await applied(mine);
    expect(second.sites.filter((site) => first.sites.includes(site))).toEqual([]);
    for (const { site } of changesOf(mine).filter((row) => first.sites.includes(row.site.id)))
      expect(second.outcomes[site.id]).toBe('changed_since');
  });
});

const siteOf = (path: string): string => /\/sites\/([^/]+)/.exec(path)?.[1] ?? '';

/** How a site has to be when the plan was applied to it. */
function after(site: Truth, plan: Plan, refused: ReadonlySet<string>): Truth {
  const row = plan.rows.find((one) => one.site.id === site.id);
  if (row === undefined || row.action === 'none' || refused.has(site.id)) return site;
  const role = row.role?.code ?? '';
  if (row.action === 'add') {
    const added = {
      email: plan.systemUser.email,
      name: 'System User',
      roles: [role],
      accepted: true,
      suspended: false,
      blocked: false,
      expires: null,
    };
    return { ...site, members: [...site.members, added], freeSeats: site.freeSeats - 1 };
  }
  const members = site.members.map((member) =>
    member.email !== plan.systemUser.email
      ? member
      : row.action === 'activate'
        ? { ...member, suspended: false }
        : { ...member, roles: [role] },
  );
  return { ...site, members, freeSeats: site.freeSeats - (row.action === 'activate' ? 1 : 0) };
}

/** Takes the seat of the system user away, as an administrator would in the web application. */
async function suspend({ console, manager }: Fleet, site: string): Promise<void> {
  const { session } = value(await console.sessions.access(manager));
  const base = manager.overrides.apiBase ?? '';
  const headers = { authorization: `Bearer ${session.accessToken}`, 'content-type': 'application/json' };
  const filter = encodeURIComponent(`user/email eq '${systemUser.email}'`);
  const found = await fetch(`${base}/v1.1/sites/${site}/users?$filter=${filter}`, { headers });
  const { items } = (await found.json()) as { items: { id: string }[] };
  const done = await fetch(`${base}/v1.1/sites/${site}/users/${items[0]?.id ?? ''}/subscription`, {
    method: 'PATCH',
    headers,
    body: JSON.stringify({ state: 'suspended' }),
  });
  expect(done.status).toBe(200);
}
