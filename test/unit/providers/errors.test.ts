import { expect, test } from 'vitest';
import type { Failure } from '../../../preload/errors.ts';
import { konexusFailure } from '../../../main/providers/konexus/errors.ts';
import type { ApiResponse } from '../../../main/providers/provider.ts';
import { saltoKsFailure } from '../../../main/providers/salto-ks/errors.ts';
import { saltoNebulaFailure } from '../../../main/providers/salto-nebula/errors.ts';
import { smartenitFailure } from '../../../main/providers/smartenit/errors.ts';
import * as kon from '../../fixtures/vendor-bodies/konexus.ts';
import * as ks from '../../fixtures/vendor-bodies/salto-ks.ts';
import * as neb from '../../fixtures/vendor-bodies/salto-nebula.ts';
import * as sma from '../../fixtures/vendor-bodies/smartenit.ts';
import type { VendorBody } from '../../fixtures/vendor-bodies/vendor-body.ts';
import { response } from './scripted-api.ts';

type Translate = (response: ApiResponse, asked?: { filtered?: boolean }) => Failure;

const table: [string, Translate, VendorBody, Failure['code'], string][] = [
  ['KS bad id', saltoKsFailure, ks.badId, 'input_invalid', 'The id is not valid.'],
  ['KS bad order', saltoKsFailure, ks.badOrder, 'input_invalid', 'The order is not valid.'],
  ['KS validation', saltoKsFailure, ks.invalidUser, 'input_invalid', 'The request is not valid.'],
  ['KS unknown user', saltoKsFailure, ks.userNotFound, 'not_found', 'User not found'],
  ['KS no permission', saltoKsFailure, ks.noPermission, 'forbidden', 'does not have permission'],
  ['KS problem', saltoKsFailure, ks.problemForbidden, 'forbidden', 'Forbidden'],
  ['KS empty 401', saltoKsFailure, ks.unauthorized, 'session_refused', 'did not accept the access token'],
  ['KS audience', saltoKsFailure, ks.wrongAudience, 'session_refused', "The audience 'core_api' is invalid"],
  ['Nebula filter', saltoNebulaFailure, neb.invalidFilter, 'input_invalid', 'invalid filter'],
  [
    'Nebula order',
    saltoNebulaFailure,
    neb.notOrderable,
    'provider_failed',
    'field photo_uri is not orderable',
  ],
  ['Nebula 401', saltoNebulaFailure, neb.unauthenticated, 'session_refused', 'unauthenticated'],
  ['Nebula 403', saltoNebulaFailure, neb.permissionDenied, 'forbidden', 'permission denied'],
  ['Nebula 404', saltoNebulaFailure, neb.notFound, 'not_found', 'installation not found'],
  ['Nebula 503', saltoNebulaFailure, neb.unavailable, 'provider_failed', 'unavailable'],
  ['Konexus 401', konexusFailure, kon.unauthorized, 'session_refused', 'Unauthorized.'],
  ['Konexus empty 401', konexusFailure, kon.directoryUnauthorized, 'session_refused', 'Konexus'],
  ['Konexus 400', konexusFailure, kon.badRequest, 'response_unexpected', 'The request is invalid.'],
  ['Konexus 404', konexusFailure, kon.directoryNotFound, 'not_found', 'Not Found'],
  ['Konexus 403', konexusFailure, kon.directoryForbidden, 'forbidden', 'Access to the tenant is denied.'],
  [
    'Konexus fields',
    konexusFailure,
    kon.directoryInvalid,
    'input_invalid',
    'email: The email field is not valid.',
  ],
  ['Smartenit 114', smartenitFailure, sma.invalidToken, 'session_refused', 'Invalid access token'],
  ['Smartenit 115', smartenitFailure, sma.expiredToken, 'session_refused', 'Expired access token'],
  ['Smartenit 100', smartenitFailure, sma.invalidClient, 'client_rejected', 'Invalid client id or secret'],
  ['Smartenit 101', smartenitFailure, sma.ambiguous, 'session_refused', 'Invalid username or password'],
  ['Smartenit 403', smartenitFailure, sma.forbidden, 'forbidden', 'Not allowed'],
  ['Smartenit 404', smartenitFailure, sma.notFound, 'not_found', 'Not found'],
  ['Smartenit 409', smartenitFailure, sma.conflict, 'provider_failed', 'Device is offline'],
];

test.each(table)('%s', (_, translate, body, code, said) => {
  const failure = translate(response(body));
  expect(failure.code).toBe(code);
  expect(failure.message).toContain(said);
  expect(failure.hint).not.toBe('');
});

const translators: [string, Translate][] = [
  ['Salto KS', saltoKsFailure],
  ['Salto Nebula', saltoNebulaFailure],
  ['Konexus', konexusFailure],
  ['Smartenit', smartenitFailure],
];

const statuses: [number, Failure['code']][] = [
  [302, 'response_unexpected'],
  [400, 'response_unexpected'],
  [401, 'session_refused'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [405, 'response_unexpected'],
  [408, 'provider_failed'],
  [409, 'provider_failed'],
  [410, 'not_found'],
  [429, 'rate_limited'],
  [500, 'provider_failed'],
  [503, 'provider_failed'],
];

test.each(translators)('%s: every status has its code, whatever the body is', (label, translate) => {
  const texts = [
    '',
    '<html>no</html>',
    'null',
    '[]',
    '"x"',
    '{"error":{}}',
    '{"error":{"errors":[null,{"code":{}}]}}',
  ];
  for (const [status, code] of statuses) {
    for (const text of [
      ...texts,
      '{"error":{"errors":[{"code":"constructor"}]}}',
      '{"__proto__":{"code":3}}',
    ]) {
      const failure = translate(response({ status, text }));
      expect([status, text, failure.code]).toEqual([status, text, code]);
      expect(failure.message).toContain(label);
    }
  }
});

test.each(translators)(
  '%s: what the vendor says is repeated without tokens and control characters',
  (_, translate) => {
    const secret = `eyJhbGciOiJub25lIn0.${'c2VjcmV0'.repeat(8)}.sig`;
    const said = `Token ${secret}\u001b[2J refused`;
    const body = {
      ErrorCode: 1,
      Message: said,
      message: said,
      title: said,
      ...(translate === smartenitFailure && {
        error: { message: said, errors: [{ code: 1, message: said }] },
      }),
      ...(translate === konexusFailure && { error: said }),
    };
    const { message } = translate(response({ status: 403, body }));
    expect(message).toContain('refused');
    expect(message).not.toContain(secret);
    expect(message).not.toContain('\u001b');
  },
);

test('a filter that was typed makes a 400 the input, but not a 403 or a 500', () => {
  for (const translate of [saltoKsFailure, saltoNebulaFailure, smartenitFailure]) {
    const codes = [400, 403, 500].map((status) => translate(response({ status }), { filtered: true }).code);
    expect(codes).toEqual(['input_invalid', 'forbidden', 'provider_failed']);
    expect(translate(response({ status: 400 }), { filtered: true }).message).toContain('filter');
  }
});

test('Smartenit tells a dead token by its number whatever the status is', () => {
  for (const code of [114, '114', 115]) {
    const body = { error: { message: 'no', status: 400, errors: [{ code, message: 'no' }] } };
    expect(smartenitFailure(response({ status: 400, body })).code).toBe('session_refused');
  }
});

test('a Salto KS 403 points at the role at the site, not at the scope', () => {
  expect(saltoKsFailure(response(ks.noPermission)).hint).toMatch(/role .* at the site, not by the scope/);
});

test('the wait that a server asks for is told, if it is a number', () => {
  const hint = (value: string) =>
    saltoKsFailure(response({ status: 429, headers: { 'retry-after': value } })).hint;
  expect(hint('30')).toContain('30 seconds');
  expect(hint('Wed, 21 Oct 2026 07:28:00 GMT')).toContain('Wait a minute');
});
