import { type Result, fail, ok } from '../../../preload/errors.ts';
import type { PageStream, Provider, ProviderContext, User, UserQuery } from '../provider.ts';
import { type JsonRecord, asRecord } from '../reading.ts';
import { smartenitRefusesToken } from './errors.ts';
import { smartenitList } from './list.ts';
import { smartenitProfile } from './profile.ts';
import { smartenitReach } from './reach.ts';
import { readLocation, readSmartenitUser } from './records.ts';

const locationField = 'parents.locations.id';

/** Smartenit: locations and users by `page` and `limit`. */
export const smartenit: Provider = {
  profile: smartenitProfile,
  refusesToken: smartenitRefusesToken,
  listInstallations: (context) =>
    smartenitList(context, 'installations', 'locations', null, false, readLocation),
  listUsers,
  reach: smartenitReach,
};

async function* listUsers(
  context: ProviderContext,
  installation: { readonly id: string },
  query: UserQuery = {},
): PageStream<User> {
  const conditions = userConditions(context.switches, installation.id, query.filter);
  if (!conditions.ok) {
    yield conditions;
    return;
  }
  const filtered = query.filter !== undefined;
  yield* smartenitList(context, 'users', 'users', conditions.value, filtered, readSmartenitUser);
}

/** The `q` of a user list: the filter as typed (a JSON object) and, unless switched off, the location. */
function userConditions(
  switches: Readonly<Record<string, string>>,
  location: string,
  filter: string | undefined,
): Result<string | null> {
  const byLocation = switches.usersByLocation ?? 'on';
  if (byLocation !== 'on' && byLocation !== 'off') {
    return fail(
      'input_invalid',
      'The switch usersByLocation is neither on nor off.',
      'Correct it with --set switches.usersByLocation=on',
    );
  }
  const typed = filter === undefined ? ok({}) : readFilter(filter);
  if (!typed.ok) return typed;
  if (byLocation === 'off') return ok(filter === undefined ? null : JSON.stringify(typed.value));
  if (Object.hasOwn(typed.value, locationField)) {
    return fail(
      'input_invalid',
      `The filter names ${locationField}, which the chosen location fills already.`,
      'Leave it out, or turn that off with --set switches.usersByLocation=off',
    );
  }
  return ok(JSON.stringify({ ...typed.value, [locationField]: location }));
}

function readFilter(filter: string): Result<JsonRecord> {
  try {
    const record = asRecord(JSON.parse(filter) as unknown);
    if (record !== null) return ok(record);
  } catch {
    // told below, like every other text that is no JSON object
  }
  return fail(
    'input_invalid',
    'A Smartenit filter is a JSON object.',
    'For example: --filter \'{"username":"ada@site.example"}\'',
  );
}
