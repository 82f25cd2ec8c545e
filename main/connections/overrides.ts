import { type Result, fail, ok } from '../../preload/errors.ts';
import { tokenEncodings } from '../providers/provider.ts';
import type { Overrides } from './connection.ts';

const single = [
  'issuer',
  'authorizationEndpoint',
  'tokenEndpoint',
  'revocationEndpoint',
  'jwksUri',
  'apiBase',
] as const;
const grouped = ['paths', 'authorizationParams', 'apiHeaders', 'switches'] as const;

/**
 * Overrides from `key=value` texts (`--set`): a plain key, or `paths.sites=/v1.2/sites` for the grouped ones.
 * An empty value takes the override away. Errors: input_invalid.
 */
export function parseOverrides(settings: readonly string[]): Result<Partial<Overrides>> {
  const overrides: Partial<Overrides> = {};
  for (const setting of settings) {
    const equals = setting.indexOf('=');
    if (equals < 1)
      return fail(
        'input_invalid',
        `"${setting}" is not of the form key=value.`,
        'For example: --set apiBase=https://api.site.example',
      );
    const key = setting.slice(0, equals);
    const value = setting.slice(equals + 1).trim();
    const plain = single.find((name) => name === key);
    const group = grouped.find((name) => key.startsWith(`${name}.`));
    if (plain !== undefined) {
      overrides[plain] = value;
    } else if (group !== undefined) {
      const name = key.slice(group.length + 1);
      if (group === 'apiHeaders' && forbiddenHeaders.test(name)) {
        return fail(
          'input_invalid',
          `The header ${name} cannot be set by hand.`,
          'It is filled in by the sign-in.',
        );
      }
      overrides[group] = { ...overrides[group], [name]: value };
    } else if (key === 'tokenEncoding') {
      const encoding = tokenEncodings.find((name) => name === value);
      if (encoding === undefined && value !== '') {
        return fail(
          'input_invalid',
          `tokenEncoding is ${tokenEncodings.join(' or ')}, not "${value}".`,
          'Correct it and try again.',
        );
      }
      overrides.tokenEncoding = encoding;
    } else {
      const known = [...single, 'tokenEncoding', ...grouped.map((name) => `${name}.NAME`)].join(', ');
      return fail(
        'input_invalid',
        `"${key}" is not something that can be set.`,
        `What can be set: ${known}.`,
      );
    }
  }
  return ok(overrides);
}

/** Headers that carry secrets (which never live in the settings) or that belong to the connection itself. */
const forbiddenHeaders =
  /^(authorization|proxy-authorization|cookie|host|content-length|transfer-encoding|connection)$/i;
