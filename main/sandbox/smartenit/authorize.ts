import { randomBytes } from 'node:crypto';
import type { Exchange, Reply, SandboxAccount, SandboxClient, Switches } from '../contract.ts';
import { pageHeaders } from '../pages/html.ts';
import { consentPage, messagePage, signInPage } from '../pages/pages.ts';
import type { Grants } from './grants.ts';
import { answeredRedirect, isRegisteredRedirect } from './redirect.ts';

export const AUTHORIZE_PATH = '/v2/oauth2/authorize';
const DIALOG_PATH = `${AUTHORIZE_PATH}/dialog`;
const REFUSE_PATH = `${AUTHORIZE_PATH}/refuse`;
const VENDOR = 'Smartenit';
/** How long a page may stay open before its form is worthless. */
const PAGE_LIFETIME_MS = 10 * 60_000;
const MOST_PAGES = 1000;

interface AuthorizationRequest {
  readonly client: SandboxClient;
  readonly redirectUri: string;
  readonly responseType: 'code' | 'token';
  readonly state: string | null;
  /** Where its pages post to: the plain endpoint or the dialog. */
  readonly path: string;
}

/** A page that was shown. Its id stands in the form and is good for one post: nobody else can post it (no CSRF). */
interface Transaction {
  readonly request: AuthorizationRequest;
  /** Null on the sign-in page, the signed-in account on the consent page. */
  readonly account: SandboxAccount | null;
  readonly expiresAt: number;
}

export interface AuthorizeOptions {
  readonly clients: readonly SandboxClient[];
  readonly accounts: readonly SandboxAccount[];
  readonly switches: Switches;
  readonly now: () => number;
  readonly grants: Grants;
  readonly accessTokenSeconds: () => number;
}

/** The authorization endpoint, its dialog twin and their pages. Null for other paths. */
export interface Authorize {
  handle(exchange: Exchange): Reply | null;
  clear(): void;
}

function html(status: number, page: string, redirectUri?: string): Reply {
  return { status, headers: pageHeaders(redirectUri), html: page };
}

/** An error that must not travel to the client, for its redirect URI cannot be trusted (RFC 6749 4.1.2.1). */
function errorPage(message: string): Reply {
  return html(400, messagePage({ vendor: VENDOR, title: 'This sign-in cannot go on', message }));
}

/** 303, so that no browser posts the password again to where it is sent (RFC 9700 section 4.12). */
function redirect(location: string): Reply {
  return {
    status: 303,
    headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  };
}

function answered(request: AuthorizationRequest, answer: Readonly<Record<string, string | null>>): Reply {
  const part = request.responseType === 'code' ? 'query' : 'fragment';
  return redirect(answeredRedirect(request.redirectUri, part, { ...answer, state: request.state }));
}

export function createAuthorize(options: AuthorizeOptions): Authorize {
  const { clients, accounts, switches, now, grants } = options;
  const transactions = new Map<string, Transaction>();

  function begin(request: AuthorizationRequest, account: SandboxAccount | null): string {
    const id = randomBytes(24).toString('base64url');
    transactions.set(id, { request, account, expiresAt: now() + PAGE_LIFETIME_MS });
    for (const oldest of transactions.keys()) {
      if (transactions.size <= MOST_PAGES) break;
      transactions.delete(oldest);
    }
    return id;
  }

  function spend(id: string): Transaction | null {
    const found = transactions.get(id);
    transactions.delete(id);
    return found !== undefined && now() < found.expiresAt ? found : null;
  }

  function showSignIn(request: AuthorizationRequest, failedFor?: string): Reply {
    const page = signInPage({
      vendor: VENDOR,
      action: request.path,
      hidden: { transaction: begin(request, null) },
      accounts: accounts.filter((account) => !account.exercise),
      ...(failedFor === undefined
        ? {}
        : { problem: 'The user name or the password is wrong.', username: failedFor }),
    });
    return html(200, page, request.redirectUri);
  }

  function showConsent(request: AuthorizationRequest, account: SandboxAccount): Reply {
    const transaction = begin(request, account);
    const page = consentPage({
      vendor: VENDOR,
      action: request.path,
      refuseHref: `${REFUSE_PATH}?transaction=${transaction}`,
      hidden: { transaction },
      clientId: request.client.clientId,
      username: account.username,
      scopes: [],
    });
    return html(200, page, request.redirectUri);
  }

  /** Checks in the order of RFC 6749 4.1.2.1: first what decides whether the client may be answered at all. */
  function requested(path: string, parameters: URLSearchParams): Reply {
    const names = [...parameters.keys()];
    if (new Set(names).size !== names.length) return errorPage('A parameter is sent twice.');
    const owners = clients.filter(({ clientId }) => clientId === parameters.get('client_id'));
    const interactive = owners.filter(({ grant }) => grant === 'authorization_code' || grant === 'implicit');
    if (owners.length === 0) return errorPage('The application is not known (client_id).');
    const redirectUri = parameters.get('redirect_uri') ?? '';
    if (!isRegisteredRedirect(redirectUri)) {
      return errorPage('The address to return to (redirect_uri) is not registered for this application.');
    }
    const state = parameters.get('state');
    const responseType = parameters.get('response_type');
    const refuse = (error: string, description: string): Reply => {
      const part = responseType === 'token' ? 'fragment' : 'query';
      return redirect(answeredRedirect(redirectUri, part, { error, error_description: description, state }));
    };
    if (responseType !== 'code' && responseType !== 'token') {
      return refuse('unsupported_response_type', 'Invalid response_type');
    }
    const client = interactive.find(({ grant }) => (grant === 'implicit') === (responseType === 'token'));
    if (client === undefined) return refuse('unauthorized_client', 'The application may not use this grant');
    if (
      switches['smartenit.pkce'] === 'rejected' &&
      names.some((name) => name.startsWith('code_challenge'))
    ) {
      return refuse('invalid_request', 'Unknown parameter code_challenge');
    }
    return showSignIn({ client, redirectUri, responseType, state, path });
  }

  function granted(request: AuthorizationRequest, account: SandboxAccount): Reply {
    const { client, redirectUri } = request;
    if (request.responseType === 'code') {
      return answered(request, { code: grants.issueCode({ client, account, redirectUri }) });
    }
    const lifetime = options.accessTokenSeconds();
    return answered(request, {
      access_token: grants.issueAccessToken({ client, account }, lifetime),
      token_type: 'Bearer',
      expires_in: String(lifetime),
    });
  }

  function posted(transactionId: string, form: URLSearchParams): Reply {
    const transaction = spend(transactionId);
    if (transaction === null) return errorPage('This page is too old or was already used. Start again.');
    const { request, account } = transaction;
    if (account !== null) return granted(request, account);
    const username = form.get('username') ?? '';
    const found = accounts.find((one) => one.username.toLowerCase() === username.trim().toLowerCase());
    return found !== undefined && found.password === form.get('password')
      ? showConsent(request, found)
      : showSignIn(request, username);
  }

  function refused(transactionId: string): Reply {
    const transaction = spend(transactionId);
    return transaction === null
      ? errorPage('This page is too old or was already used. Start again.')
      : answered(transaction.request, { error: 'access_denied', error_description: 'The user refused' });
  }

  return {
    handle({ method, url, body }) {
      const path = url.pathname;
      if (path === REFUSE_PATH && method === 'GET') return refused(url.searchParams.get('transaction') ?? '');
      if (path !== AUTHORIZE_PATH && path !== DIALOG_PATH) return null;
      if (method === 'GET') return requested(path, url.searchParams);
      if (method !== 'POST') return { status: 405, headers: { allow: 'GET, POST' } };
      const form = new URLSearchParams(body);
      const transaction = form.get('transaction');
      return transaction === null ? requested(path, form) : posted(transaction, form);
    },
    clear: () => transactions.clear(),
  };
}
