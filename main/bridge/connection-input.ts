import type { Input } from '../../preload/contract.ts';
import { type Result, fail, ok } from '../../preload/errors.ts';
import type { ConnectionInput } from '../connections/describe.ts';
import { parseOverrides } from '../connections/overrides.ts';
import type { CredentialsInput } from '../console/manage-connections.ts';

type Fields = Omit<Input<'connections.change'>, 'id'>;

export interface TypedConnection {
  readonly input: ConnectionInput;
  readonly credentials: CredentialsInput;
}

/** What a person typed, as the connections room takes it. A secret left empty is one not given. Errors: input_invalid. */
export function typedConnection(fields: Fields): Result<TypedConnection> {
  const { name, environment, grant, clientId, clientAuth, username, scope } = fields;
  const { redirectPorts, redirectPath, clientSecret, password } = fields;
  const overrides = overridesOf(fields.overrides ?? {});
  if (!overrides.ok) return { ok: false, error: { ...overrides.error, field: 'overrides' } };
  return ok({
    input: {
      ...given({ name, environment, grant, clientId, clientAuth, username, scope }),
      ...given({ redirectPorts, redirectPath }),
      overrides: overrides.value,
    },
    credentials: {
      ...(clientSecret !== undefined && clientSecret !== '' && { clientSecret }),
      ...(password !== undefined && password !== '' && { password }),
    },
  });
}

function overridesOf(
  record: Readonly<Record<string, string>>,
): Result<NonNullable<ConnectionInput['overrides']>> {
  const settings: string[] = [];
  for (const [key, value] of Object.entries(record)) {
    // What is joined here is taken apart at the first "=" again.
    if (!/^[\w.-]+$/.test(key)) {
      return fail(
        'input_invalid',
        'The name of something to override has other characters than letters, digits, dots and hyphens.',
        'For example: apiBase, or paths.users.',
      );
    }
    settings.push(`${key}=${value}`);
  }
  return parseOverrides(settings);
}

/** Only the members that were given. */
function given<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
