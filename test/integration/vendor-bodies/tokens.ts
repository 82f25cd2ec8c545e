import { expect } from 'vitest';

import type { SandboxDescription } from '../../../main/sandbox/description.ts';
import { basic } from '../sandbox/identity-visit.ts';
import { ask, jsonOf } from './judge.ts';
import { codeForm, pkce, signedIn } from './sign-in.ts';

type Vendor = SandboxDescription['vendors'][number];
type Client = Vendor['clients'][number];
type Account = Vendor['accounts'][number];

/** An access token for a listed client, by its own grant and its own way of authentication, by plain HTTP. */
export async function tokenOf(
  vendor: Vendor,
  client: Client,
  account: Account | undefined = vendor.accounts[0],
): Promise<string> {
  const { grant, clientId, scope, clientAuth } = client;
  const asked: Record<string, string> = scope === '' ? {} : { scope };
  if (grant === 'implicit') {
    const back = await signedIn(
      vendor.authorizationEndpoint,
      { response_type: 'token', client_id: clientId },
      account!,
    );
    return new URLSearchParams(back.hash.slice(1)).get('access_token') ?? '';
  }
  let form: Record<string, string> = { grant_type: grant, ...asked };
  if (grant === 'password') {
    const { username, password } = account!;
    form = { ...form, username, password };
  }
  if (grant === 'authorization_code') {
    const { verifier, parameters } = pkce();
    const request = { response_type: 'code', client_id: clientId, ...asked, ...parameters };
    form = codeForm(await signedIn(vendor.authorizationEndpoint, request, account!), verifier);
  }
  const secret = client.clientSecret ?? '';
  const headers = clientAuth === 'basic' ? basic(clientId, secret) : {};
  if (clientAuth !== 'basic') form = { ...form, client_id: clientId };
  if (clientAuth === 'post') form = { ...form, client_secret: secret };
  const answer = await ask('POST', vendor.tokenEndpoint, { form, headers });
  expect([answer.status, clientId]).toEqual([200, clientId]);
  return String(jsonOf(answer)['access_token']);
}
