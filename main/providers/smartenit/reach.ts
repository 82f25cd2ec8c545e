import { type Result, ok } from '../../../preload/errors.ts';
import { apiAddress } from '../address.ts';
import { readJson } from '../answer.ts';
import type { ProviderContext } from '../provider.ts';
import { asRecord, joinedName, member, textOf } from '../reading.ts';
import type { ServiceReach } from '../system-users.ts';
import { smartenitFailure } from './errors.ts';
import { smartenitList } from './list.ts';
import { smartenitProfile } from './profile.ts';
import { readLocation } from './records.ts';

/**
 * The user behind a session, its accounts and its locations: `users/me` (SMA-OMNI), `accounts`, `locations` (SMA-SDK).
 * No page tells of roles: what a record says of one is shown, and nothing is concluded from its absence.
 */
export async function smartenitReach(context: ProviderContext): Promise<Result<ServiceReach>> {
  const me = await readMe(context);
  if (!me.ok) return me;
  const accounts: string[] = [];
  for await (const page of smartenitList(context, 'accounts', 'accounts', null, false, readLocation)) {
    if (!page.ok) return page;
    accounts.push(...page.value.rows.map(({ name }) => name));
  }
  const installations: { id: string; name: string; roles: string[] }[] = [];
  for await (const page of smartenitList(context, 'installations', 'locations', null, false, readLocation)) {
    if (!page.ok) return page;
    installations.push(...page.value.rows.map(({ id, name }) => ({ id, name, roles: [] })));
  }
  return ok({
    identity: [...me.value, ...accounts.map((name) => ({ label: 'Account', value: name }))],
    installations,
    notes: ['Smartenit documents no roles of users; the application’s permissions and the account decide.'],
  });
}

async function readMe(context: ProviderContext): Promise<Result<{ label: string; value: string }[]>> {
  const address = apiAddress(context.apiBase, context.paths.me);
  if (!address.ok) return address;
  const answer = await context.api.send({ url: address.value });
  if (!answer.ok) return answer;
  if (answer.value.status < 200 || answer.value.status > 299) {
    return { ok: false, error: smartenitFailure(answer.value) };
  }
  const body = readJson(smartenitProfile.label, answer.value);
  if (!body.ok) return body;
  const record = asRecord(member(asRecord(body.value), 'data')) ?? asRecord(body.value);
  const profile = asRecord(member(record, 'profile'));
  const facts = [
    { label: 'User', value: textOf(member(record, 'username')) },
    { label: 'Name', value: joinedName(member(profile, 'name'), member(profile, 'lastName', 'lastname')) },
    { label: 'Role', value: textOf(member(record, 'role')) },
  ];
  return ok(facts.flatMap(({ label, value }) => (value === null ? [] : [{ label, value }])));
}
