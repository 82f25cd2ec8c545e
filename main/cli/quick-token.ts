import { connectionEndpoints } from '../connections/endpoints.ts';
import { glanceAtConnection } from '../connections/glance.ts';
import { profileFolder } from '../home.ts';
import { profileOf } from '../providers/catalogue.ts';
import { type Session, isUsableAsItIs, sessionBinding } from '../sessions/session.ts';
import { glanceAtSecrets } from '../vault/glance.ts';
import { tokenText } from './token-text.ts';

/**
 * `latchkey token NAME [--json]` where there is nothing to say but the token: scripts call it for every request, and it has
 * a start-up budget. So this loads and looks at as little as it can, changes nothing and never fails. Null is for all that
 * is not plain (other options, no such connection, damaged settings, a closed keychain, a session that has to be renewed,
 * spoken of, or belongs to other settings): then the command line begins anew, with everything it can do and say.
 * @returns what belongs on stdout, or null
 */
export async function quickToken(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Promise<string | null> {
  const [command, name, option, ...rest] = argv;
  if (command !== 'token' || name === undefined || name.startsWith('-')) return null;
  if (rest.length > 0 || (option !== undefined && option !== '--json')) return null;
  try {
    const session = await plainSession(name, env, platform);
    return session && tokenText(session, option === '--json');
  } catch {
    return null; // a file that is not there, or a field of another shape: whoever reads it whole can say which
  }
}

async function plainSession(
  name: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Promise<Session | null> {
  const connection = glanceAtConnection(profileFolder(env, platform), name);
  if (connection === null) return null;
  const secrets = await glanceAtSecrets<Session>(connection.id, env, platform);
  if (secrets === null || secrets.session === null) return null;
  const { session, credentials } = secrets;
  // That the binding is the stored one proves the fields it is made of; of the others nothing is used but the grant.
  const binding = sessionBinding(connection, connectionEndpoints(connection, profileOf(connection.provider)));
  if (session.binding !== binding) return null;
  return isUsableAsItIs(session, connection, credentials, Date.now()) ? session : null;
}
