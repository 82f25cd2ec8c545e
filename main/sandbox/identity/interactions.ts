import { errors } from 'oidc-provider';
import type Provider from 'oidc-provider';

import { answerOf } from '../answer.ts';
import type { Answer, Responder } from '../answer.ts';
import type { Exchange, SandboxAccount } from '../contract.ts';
import { bodyFields } from '../form.ts';
import { pageHeaders } from '../pages/html.ts';
import { consentPage, messagePage, signInPage } from '../pages/pages.ts';
import { detached } from './capture.ts';
import type { Detached } from './capture.ts';
import { findAccount, RESOURCE } from './grants.ts';

interface InteractionParts {
  readonly provider: Provider;
  readonly vendorName: string;
  readonly accounts: readonly SandboxAccount[];
  readonly isPending: (account: SandboxAccount) => boolean;
}

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** What one request to an interaction works on. */
interface Visit extends InteractionParts {
  readonly exchange: Exchange;
  readonly node: Detached;
  readonly interaction: Interaction;
  readonly path: string;
}

/** The pages of a sign-in, at `/interaction/<id>`: sign in, consent, refuse. */
export function interactionResponder(parts: InteractionParts): Responder {
  return async (exchange) => {
    const found = /^(\/interaction\/[\w-]+)(\/abort)?$/u.exec(exchange.url.pathname);
    const path = found?.[1];
    if (path === undefined) return null;
    const node = detached(exchange);
    try {
      const interaction = await parts.provider.interactionDetails(node.request, node.response);
      const visit = { ...parts, exchange, node, interaction, path };
      return await (found?.[2] === undefined ? visitPage(visit) : refuse(visit));
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      const { vendorName: vendor } = parts;
      const title = 'This sign-in has ended';
      const message = 'Go back to the application and start signing in again.';
      return answerOf({ status: 400, headers: pageHeaders(), html: messagePage({ vendor, title, message }) });
    }
  };
}

function visitPage(visit: Visit): Promise<Answer> {
  const posted = visit.exchange.method === 'POST';
  if (visit.interaction.prompt.name === 'consent')
    return posted ? allow(visit) : Promise.resolve(askConsent(visit));
  return posted ? signIn(visit) : Promise.resolve(askSignIn(visit));
}

function askSignIn(visit: Visit, problem?: string, username?: string): Answer {
  const hint = visit.interaction.params['login_hint'];
  const html = signInPage({
    vendor: visit.vendorName,
    action: visit.path,
    accounts: visit.accounts,
    ...(problem === undefined ? {} : { problem }),
    username: username ?? (typeof hint === 'string' ? hint : ''),
  });
  return shown(visit, html, problem === undefined ? 200 : 403);
}

async function signIn(visit: Visit): Promise<Answer> {
  const { username = '', password = '' } = bodyFields(visit.exchange) ?? {};
  const account = findAccount(visit.accounts, String(username), String(password));
  if (account === undefined) {
    return askSignIn(
      visit,
      'The user name or the password is wrong. Demo accounts stand below.',
      String(username),
    );
  }
  if (visit.isPending(account)) {
    const problem =
      'This person was invited and has not accepted the invitation yet, so signing in is not possible.';
    return askSignIn(visit, problem, account.username);
  }
  return finish(visit, { login: { accountId: account.id, amr: ['password'] } });
}

function askConsent(visit: Visit): Answer {
  const { interaction, path, vendorName, accounts } = visit;
  const { client_id: clientId } = interaction.params;
  const account = accounts.find(({ id }) => id === interaction.session?.accountId);
  const html = consentPage({
    vendor: vendorName,
    action: path,
    refuseHref: `${path}/abort`,
    clientId: String(clientId),
    username: account?.username ?? '',
    scopes: askedScopes(interaction),
  });
  return shown(visit, html);
}

/** A new grant for every consent: revoking one sign-in must not end another of the same person. */
async function allow(visit: Visit): Promise<Answer> {
  const { provider, interaction } = visit;
  const accountId = interaction.session?.accountId;
  if (accountId === undefined) throw new errors.SessionNotFound('nobody is signed in');
  const scopes = askedScopes(interaction).join(' ');
  const grant = new provider.Grant({ accountId, clientId: String(interaction.params['client_id']) });
  grant.addOIDCScope(scopes);
  grant.addResourceScope(RESOURCE, scopes);
  return finish(visit, { consent: { grantId: await grant.save() } });
}

/** RFC 6749 4.1.2.1. */
function refuse(visit: Visit): Promise<Answer> {
  return finish(visit, { error: 'access_denied', error_description: 'The person refused.' });
}

async function finish(
  { provider, node }: Visit,
  result: Parameters<Provider['interactionResult']>[2],
): Promise<Answer> {
  const location = await provider.interactionResult(node.request, node.response, result);
  return answerOf({ status: 303, headers: { location, 'cache-control': 'no-store' } });
}

function askedScopes(interaction: Interaction): string[] {
  const { scope } = interaction.params;
  return typeof scope === 'string' ? scope.split(' ') : [];
}

function shown({ interaction }: Visit, html: string, status = 200): Answer {
  const { redirect_uri: redirectUri } = interaction.params;
  return answerOf({
    status,
    headers: pageHeaders(typeof redirectUri === 'string' ? redirectUri : undefined),
    html,
  });
}
