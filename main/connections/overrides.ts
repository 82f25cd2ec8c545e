import { type Result, fail, ok } from '../../preload/errors.ts';
import { tokenEncodings } from '../providers/provider.ts';
import { type Overrides, redirectHosts } from './connection.ts';

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
 * Overrides from `key=value` texts (`--set`): a plain key, or `paths.installations=/v1.2/sites` for the grouped ones.
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
      if (reservedNames.has(name)) {
        return fail('input_invalid', `"${name}" is no name that can be set.`, 'Choose another name.');
      }
      if (group === 'apiHeaders' && forbiddenHeaders.test(name)) {
        return fail(
          'input_invalid',
          `The header ${name} cannot be set by hand.`,
          'It is filled in by the sign-in.',
        );
      }
      if (group === 'authorizationParams' && ownParameters.test(name)) {
        return fail(
          'input_invalid',
          `The parameter ${name} cannot be set by hand.`,
          'The sign-in fills it in; client id and scope have options of their own.',
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
    } else if (key === 'redirectHost') {
      const host = redirectHosts.find((name) => name === value);
      if (host === undefined && value !== '') {
        return fail(
          'input_invalid',
          `redirectHost is ${redirectHosts.join(' or ')}, or empty for the address of this computer's loopback interface.`,
          'Nobody but this computer itself may be sent the answer of a sign-in.',
        );
      }
      overrides.redirectHost = host;
    } else {
      const known = [
        ...single,
        'tokenEncoding',
        'redirectHost',
        ...grouped.map((name) => `${name}.NAME`),
      ].join(', ');
      return fail(
        'input_invalid',
        `"${key}" is not something that can be set.`,
        `What can be set: ${known}.`,
      );
    }
  }
  return ok(overrides);
}

/** An object would keep these to itself. */
const reservedNames: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor']);

/** What protects the sign-in, or says where its answer goes (RFC 6749 4.1.1, RFC 7636 4.3, RFC 9101). */
const ownParameters =
  /^(client_id|client_secret|redirect_uri|response_type|response_mode|scope|state|nonce|code_challenge|code_challenge_method|request|request_uri)$/;

/** Headers that carry secrets (which never live in the settings) or that belong to the connection itself. */
const forbiddenHeaders =
  /^(authorization|proxy-authorization|cookie|host|content-length|transfer-encoding|connection|proxy-connection|keep-alive|upgrade|te|trailer|expect)$/i;
