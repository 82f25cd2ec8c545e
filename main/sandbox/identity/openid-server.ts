import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';

import Provider from 'oidc-provider';

import { answerOf } from '../answer.ts';
import type { Answer, Responder } from '../answer.ts';
import type { ShiftedClock } from '../clock.ts';
import type { Authenticate, Exchange, SandboxAccount, SandboxClient } from '../contract.ts';
import { pageHeaders } from '../pages/html.ts';
import { messagePage } from '../pages/pages.ts';
import { vendorNames } from '../registry.ts';
import { liveTokens } from './access.ts';
import { detached } from './capture.ts';
import { clientCheckResponder } from './client-check.ts';
import { oidcConfiguration } from './configuration.ts';
import { registerClientCredentialsGrant, registerPasswordGrant } from './grants.ts';
import { interactionResponder } from './interactions.ts';
import type { SigningKey } from './keys.ts';
import { useVendorShape } from './shape.ts';
import { issuedStore } from './store.ts';
import { userinfoResponder } from './userinfo.ts';
import type { IdentityVendor } from './vendor.ts';

/** One vendor's authorization server. */
export interface OpenIdServer {
  /** In the order in which they look at a request. */
  readonly responders: readonly Responder[];
  readonly authenticate: Authenticate;
  /** Forgets everything issued: sessions, codes, tokens. */
  readonly reset: () => void;
}

export interface OpenIdServerOptions {
  readonly vendor: IdentityVendor;
  readonly origin: string;
  readonly clients: readonly SandboxClient[];
  readonly accounts: readonly SandboxAccount[];
  /** True for an invited person who has not accepted yet and so cannot sign in. */
  readonly isPending: (account: SandboxAccount) => boolean;
  readonly key: SigningKey;
  readonly clock: ShiftedClock;
}

/** An oidc-provider instance dressed as the vendor's server; its issuer is the origin. */
export function openIdServer(options: OpenIdServerOptions): OpenIdServer {
  const { vendor, origin, clients, accounts, isPending, key, clock } = options;
  const vendorName = vendorNames[vendor.provider];
  const store = issuedStore(() => clock.shift());
  const live = liveTokens({
    now: clock.now,
    publicKey: key.publicKey,
    issuer: origin,
    audience: vendor.audience,
  });
  const provider = new Provider(
    origin,
    oidcConfiguration({ vendor, vendorName, issuer: origin, clients, accounts, key, store, clock }),
  );
  if (clients.some(({ grant }) => grant === 'password')) {
    registerPasswordGrant(provider, vendor, accounts, (account) => !isPending(account));
  }
  registerClientCredentialsGrant(provider, vendor);
  useVendorShape(provider, { ...options, live, store });
  const failures = failuresOf(provider);
  const callback = provider.callback();

  const library: Responder = async (exchange) => {
    if (!isLibraryPath(vendor, exchange.url.pathname)) return null;
    const { request, response, answer } = detached(adjusted(vendor, exchange));
    await callback(request, response);
    const failure = failures.get(request);
    // The listener logs what is thrown and answers 500, as the library would have.
    if (failure !== undefined) throw failure;
    return answer();
  };
  return {
    responders: [
      (exchange) => Promise.resolve(unofferedAuthorization(vendor, vendorName, exchange)),
      clientCheckResponder(vendor, clients),
      userinfoResponder(vendor, accounts, live.authenticate),
      interactionResponder({ provider, vendorName, accounts, isPending }),
      library,
    ],
    authenticate: live.authenticate,
    reset() {
      store.clear();
      live.clear();
    },
  };
}

/** What went wrong inside the library, by request. With listeners of their own neither it nor Koa prints. */
function failuresOf(provider: Provider): WeakMap<IncomingMessage, Error> {
  const failures = new WeakMap<IncomingMessage, Error>();
  provider.on('server_error', (ctx, error) => {
    failures.set(ctx.req, error);
  });
  const koa: EventEmitter = provider;
  koa.on('error', (error: Error & { expose?: boolean }, ctx?: { req: IncomingMessage }) => {
    if (ctx !== undefined && error.expose !== true) failures.set(ctx.req, error);
  });
  return failures;
}

function isLibraryPath(vendor: IdentityVendor, pathname: string): boolean {
  return (
    pathname.startsWith('/.well-known/') ||
    Object.values(vendor.routes).some((route) => pathname === route || pathname.startsWith(`${route}/`))
  );
}

/** What the vendor's server understands and the library does not. */
function adjusted(vendor: IdentityVendor, exchange: Exchange): Exchange {
  const { pathname } = exchange.url;
  if (pathname === vendor.routes.authorization) return { ...exchange, url: withConsent(exchange.url) };
  if (pathname !== vendor.routes.token) return exchange;
  // Salto's own refresh sample carries the old access token beside the client's credentials (vendor-apis 1.3).
  const { authorization, ...headers } = exchange.headers;
  return /^bearer /iu.test(authorization ?? '') ? { ...exchange, headers } : exchange;
}

/** The library drops `offline_access` without `prompt=consent` (OpenID Connect Core 11), which no vendor asks for. */
function withConsent(url: URL): URL {
  const prompts = (url.searchParams.get('prompt') ?? '').split(' ').filter((prompt) => prompt !== '');
  const scopes = (url.searchParams.get('scope') ?? '').split(' ');
  if (!scopes.includes('offline_access') || prompts.includes('consent') || prompts.includes('none'))
    return url;
  const changed = new URL(url);
  changed.searchParams.set('prompt', [...prompts, 'consent'].join(' '));
  return changed;
}

function unofferedAuthorization(
  vendor: IdentityVendor,
  vendorName: string,
  exchange: Exchange,
): Answer | null {
  if (exchange.url.pathname !== vendor.routes.authorization) return null;
  const message = vendor.authorizationRefused();
  if (message === null) return null;
  const html = messagePage({ vendor: vendorName, title: 'No sign-in here', message });
  return answerOf({ status: 404, headers: pageHeaders(), html });
}
