import { expect, test } from 'vitest';
import { apiAddress, nextLink } from '../../../main/providers/address.ts';

const base = 'https://api.site.example/v2';

test('ids are percent-encoded and spaces become %20', () => {
  expect(
    apiAddress(base, '/sites/{site}/users', { site: 'a/b?c#d' }, { $filter: "x eq 'ö'", $top: null }),
  ).toEqual({
    ok: true,
    value: `${base}/sites/a%2Fb%3Fc%23d/users?$filter=x%20eq%20'%C3%B6'`,
  });
});

test('a parameter that the path names wins over the one of the list', () => {
  expect(apiAddress(base, '/users?limit=7', {}, { limit: 25, page: 2 })).toEqual({
    ok: true,
    value: `${base}/users?limit=7&page=2`,
  });
});

test.each(['.', '..', ''])('the id %j, which would ask for another path, is refused', (id) => {
  expect(apiAddress(base, '/sites/{site}', { site: id })).toMatchObject({ error: { code: 'input_invalid' } });
});

test('a placeholder that nothing fills is named', () => {
  const made = apiAddress(base, '/sites/{sit}/users', { site: '1' });
  expect(made).toMatchObject({ error: { code: 'input_invalid' } });
  expect(made).toMatchObject({ error: { message: expect.stringContaining('{sit}') as string } });
  expect(apiAddress(base, '/x/{constructor}', {}).ok).toBe(false);
});

test('a path cannot turn the API host into user info, and half a surrogate pair does no harm', () => {
  expect(apiAddress('https://api.site.example', '@other.example/x').ok).toBe(false);
  expect(apiAddress(base, undefined).ok).toBe(false);
  expect(apiAddress('no address', '/x').ok).toBe(false);
  expect(apiAddress(base, '/{id}', { id: '\ud800' })).toEqual({ ok: true, value: `${base}/%EF%BF%BD` });
});

const next = (link: string, apiBase = base) => nextLink('Salto KS', link, apiBase, `${apiBase}/sites?page=1`);

test('a next link on the own origin is followed, relative ones too', () => {
  expect(next('https://api.site.example/v2/sites?$skip=25')).toEqual({
    ok: true,
    value: 'https://api.site.example/v2/sites?$skip=25',
  });
  expect(next('?page=2')).toEqual({ ok: true, value: `${base}/sites?page=2` });
});

test('http is read as https only where the API is reached by https', () => {
  expect(next('http://api.site.example/v2/sites?$skip=25')).toEqual({
    ok: true,
    value: 'https://api.site.example/v2/sites?$skip=25',
  });
  expect(next('http://127.0.0.1:8080/sites?$skip=25', 'http://127.0.0.1:8080')).toEqual({
    ok: true,
    value: 'http://127.0.0.1:8080/sites?$skip=25',
  });
  expect(next('https://127.0.0.1:8080/sites', 'http://127.0.0.1:8080').ok).toBe(false);
});

test.each([
  'https://evil.example/v2/sites',
  '//evil.example/v2/sites',
  'https://api.site.example:8443/v2/sites',
  'https://api.site.example.evil.example/',
  'https://user:pass@api.site.example/v2/sites',
  'javascript:alert(1)',
  'file:///etc/passwd',
  'https://',
])('the token does not follow the next link %s', (link) => {
  const followed = next(link);
  expect(followed).toMatchObject({ error: { code: 'response_unexpected' } });
  expect(JSON.stringify(followed)).not.toContain('pass@');
});
