import type { Exchange, Reply, SandboxAccount, SandboxClient, Switches } from '../contract.ts';
import { namesOf } from '../data/enrolment.ts';
import { smartenitAccount } from '../data/smartenit.ts';
import { bodyFields } from '../form.ts';
import { smartenitError } from './errors.ts';
import { bearerToken } from './grants.ts';
import type { Grant, Grants } from './grants.ts';

export const TOKEN_PATH = '/v2/oauth2/token';

export interface TokenOptions {
  readonly clients: readonly SandboxClient[];
  readonly accounts: readonly SandboxAccount[];
  readonly switches: Switches;
  readonly grants: Grants;
  readonly accessTokenSeconds: () => number;
}

type Fields = Readonly<Record<string, string>>;
type GrantType = 'authorization_code' | 'password' | 'client_credentials';

const wrongClient = (): Reply => smartenitError(401, 'client', 'Invalid client id or client secret');

function isReply(value: object): value is Reply {
  return 'status' in value;
}

/** The texts of a JSON or form body; null when it is neither or holds anything else. */
function textFields(exchange: Exchange): Fields | null {
  const fields = bodyFields(exchange);
  if (fields === null) return null;
  const texts = Object.entries(fields).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  return texts.length === Object.keys(fields).length ? Object.fromEntries(texts) : null;
}

/** The token endpoint: JSON bodies as the vendor documents, forms as RFC 6749 says; errors in the vendor's envelope. */
export function createTokenEndpoint(options: TokenOptions): (exchange: Exchange) => Reply {
  const { clients, accounts, switches, grants } = options;

  /** The client that the body names and proves to be. The documents know no HTTP Basic, so that is refused. */
  function provenClients(exchange: Exchange, fields: Fields): readonly SandboxClient[] | Reply {
    if (/^basic /iu.test(exchange.headers['authorization'] ?? '')) return wrongClient();
    const secret = fields['client_secret'] ?? '';
    const proven = clients.filter(
      (client) => client.clientId === fields['client_id'] && (client.clientSecret ?? '') === secret,
    );
    return proven.length === 0 ? wrongClient() : proven;
  }

  function clientFor(exchange: Exchange, fields: Fields, grant: GrantType): SandboxClient | Reply {
    const proven = provenClients(exchange, fields);
    if (isReply(proven)) return proven;
    return (
      proven.find((client) => client.grant === grant) ??
      smartenitError(403, 'generic', 'The application may not use this grant')
    );
  }

  function tokens(grant: Grant, refresh: boolean, more: object = {}): Reply {
    const expiresIn = options.accessTokenSeconds();
    return {
      status: 200,
      headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
      json: {
        access_token: grants.issueAccessToken(grant, expiresIn),
        token_type: 'Bearer',
        expires_in: expiresIn,
        ...(refresh ? { refresh_token: grants.issueRefreshToken(grant) } : {}),
        ...more,
      },
    };
  }

  function byCode(exchange: Exchange, fields: Fields): Reply {
    const client = clientFor(exchange, fields, 'authorization_code');
    if (isReply(client)) return client;
    if (switches['smartenit.pkce'] === 'rejected' && fields['code_verifier'] !== undefined) {
      return smartenitError(400, 'generic', 'Unknown parameter code_verifier');
    }
    const grant = grants.spendCode(fields['code'] ?? '');
    const same = grant?.client.clientId === client.clientId && grant.redirectUri === fields['redirect_uri'];
    if (grant === null || !same) return smartenitError(400, 'generic', 'Invalid authorization code');
    return tokens({ client, account: grant.account }, switches['smartenit.codeRefreshToken'] === true);
  }

  /** The client comes first: only a trusted one may try user names and passwords (SEED-SMA). */
  function byPassword(exchange: Exchange, fields: Fields): Reply {
    const client = clientFor(exchange, fields, 'password');
    if (isReply(client)) return client;
    const username = fields['username']?.toLowerCase();
    const account = accounts.find((one) => one.username.toLowerCase() === username);
    if (account === undefined || account.password !== fields['password']) {
      return smartenitError(401, 'credentials', 'Invalid username or password');
    }
    const { given, family } = namesOf(account.username);
    return tokens({ client, account }, true, {
      data: {
        user: { _id: account.id, username: account.username, profile: { name: given, lastName: family } },
        account: { _id: smartenitAccount._id, name: smartenitAccount.name },
      },
    });
  }

  function byClientCredentials(exchange: Exchange, fields: Fields): Reply {
    const client = clientFor(exchange, fields, 'client_credentials');
    return isReply(client) ? client : tokens({ client, account: null }, false);
  }

  /**
   * The refresh token stays as it is and no new one comes back, as the vendor's SDK expects. It is authenticated by the
   * old access token, even an expired one, or by the client's credentials; `smartenit.refreshAuth` takes one way away.
   */
  function byRefreshToken(exchange: Exchange, fields: Fields): Reply {
    const grant = grants.grantOfRefreshToken(fields['refresh_token'] ?? '');
    const ways = switches['smartenit.refreshAuth'];
    const bearer = bearerToken(exchange.headers['authorization']);
    if (fields['client_id'] === undefined || ways === 'bearer') {
      const old = ways === 'client' || bearer === null ? null : grants.grantOfAccessToken(bearer);
      if (old === null)
        return bearer === null ? wrongClient() : smartenitError(401, 'tokenInvalid', 'Invalid access token');
      const same = old.client.clientId === grant?.client.clientId && old.account?.id === grant.account?.id;
      return same ? tokens(grant, false) : smartenitError(400, 'generic', 'Invalid refresh token');
    }
    const proven = provenClients(exchange, fields);
    if (isReply(proven)) return proven;
    return grant !== null && proven.some(({ clientId }) => clientId === grant.client.clientId)
      ? tokens(grant, false)
      : smartenitError(400, 'generic', 'Invalid refresh token');
  }

  return (exchange) => {
    if (exchange.method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
    const fields = textFields(exchange);
    if (fields === null)
      return smartenitError(400, 'generic', 'The body must be a JSON object or a form of texts');
    switch (fields['grant_type']) {
      case 'authorization_code':
        return byCode(exchange, fields);
      case 'password':
        return byPassword(exchange, fields);
      case 'client_credentials':
        return byClientCredentials(exchange, fields);
      case 'refresh_token':
        return byRefreshToken(exchange, fields);
      default:
        return smartenitError(400, 'generic', 'Invalid grant_type');
    }
  };
}
