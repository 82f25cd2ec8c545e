import { expect, test } from 'vitest';
import type { Http } from '../../../main/http/seam.ts';
import { tokenExchange } from '../../../main/sessions/token-exchange.ts';
import { json, scriptedHttp } from '../../support/sessions.ts';

const url = 'https://id.acme.example/token';
const form = (): {
  method: 'POST';
  headers: Record<string, string>;
  body: URLSearchParams;
  redirect: 'manual';
} => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
  body: new URLSearchParams({ grant_type: 'password', password: 'a&b' }),
  redirect: 'manual',
});

test('a form goes out as a form, or as the JSON object that Smartenit wants', async () => {
  const { http, sent } = scriptedHttp([json({}), json({})]);
  await tokenExchange(http, 'form').fetch(url, form());
  await tokenExchange(http, 'json').fetch(url, form());
  expect(sent[0]?.body).toBe('grant_type=password&password=a%26b');
  expect(sent[1]?.headers.get('content-type')).toBe('application/json');
  expect(JSON.parse(sent[1]?.body ?? '')).toEqual({ grant_type: 'password', password: 'a&b' });
});

test('the old access token goes along where there is no other authorization, and with a POST only', async () => {
  const { http, sent } = scriptedHttp([json({}), json({}), json({})]);
  const { fetch } = tokenExchange(http, 'json', { bearer: 'access-1' });
  await fetch(url, form());
  await fetch(url, { ...form(), headers: { authorization: 'Basic YTpi' } });
  await fetch(url, { method: 'GET', headers: {}, body: null, redirect: 'manual' });
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer access-1',
    'Basic YTpi',
    null,
  ]);
});

test('the answer to the last POST is remembered and can still be read', async () => {
  const { http } = scriptedHttp([json({ error: 'x' }, 400), json({}, 503)]);
  const exchange = tokenExchange(http, 'form');
  expect(exchange.answer()).toBeNull();
  const response = await exchange.fetch(url, form());
  expect(await response.json()).toEqual({ error: 'x' });
  expect(exchange.answer()).toMatchObject({
    status: 400,
    text: '{"error":"x"}',
    contentType: 'application/json',
  });
  expect(exchange.refusedKeys()).toBeNull();
  await exchange.fetch('https://id.acme.example/keys', {
    method: 'GET',
    headers: {},
    body: null,
    redirect: 'manual',
  });
  expect(exchange.answer()?.status).toBe(400);
  expect(exchange.refusedKeys()).toMatchObject({ status: 503, retryAfter: null });
  expect(exchange.discoveryAnswer()).toBeNull();
});

test('a cancelled exchange is not sent, but one that must be finished is not cancelled under way', async () => {
  const controller = new AbortController();
  const { http, sent } = scriptedHttp([
    () => {
      controller.abort();
      return json({ refresh_token: 'refresh-2' });
    },
  ]);
  const exchange = tokenExchange(http, 'form', { signal: controller.signal, finishPosts: true });
  await exchange.fetch(url, form());
  expect(exchange.answer()?.text).toContain('refresh-2');
  await expect(exchange.fetch(url, form())).rejects.toMatchObject({ name: 'AbortError' });
  expect(sent).toHaveLength(1);
});

test.each([
  ['GET', 'https://keys.acme.example/.well-known/openid-configuration', {}, 'discovery'],
  ['GET', 'https://id.acme.example/.well-known/oauth-authorization-server/tenant', {}, 'discovery'],
  ['GET', 'https://id.acme.example/.well-known/openid-configuration/jwks', {}, 'jwks'],
  ['GET', 'https://id.acme.example/oauth2/v1/certs', {}, 'jwks'],
  ['GET', 'https://id.acme.example/connect/userinfo', { authorization: 'Bearer access-1' }, 'userinfo'],
  ['POST', url, {}, 'token'],
] as const)('the request log says what it is for: %s %s', async (method, address, headers, purpose) => {
  const seen: unknown[] = [];
  const http: Http = {
    fetch: (_url, request) => {
      seen.push(request?.about?.purpose);
      return Promise.resolve(json({}));
    },
    skewSeconds: () => null,
    close: () => Promise.resolve(),
  };
  const request = method === 'POST' ? form() : { method, headers, body: null, redirect: 'manual' as const };
  await tokenExchange(http, 'form').fetch(address, request);
  expect(seen).toEqual([purpose]);
});
