import type { Handlers } from './dispatcher.ts';
import { activityHandlers } from './handlers/activity.ts';
import { appHandlers } from './handlers/app.ts';
import { connectionsHandlers } from './handlers/connections.ts';
import { exportsHandlers } from './handlers/exports.ts';
import { listFactsHandlers } from './handlers/list-facts.ts';
import { listsHandlers } from './handlers/lists.ts';
import { preferencesHandlers } from './handlers/preferences.ts';
import { providersHandlers } from './handlers/providers.ts';
import { sandboxHandlers } from './handlers/sandbox.ts';
import { sessionsHandlers } from './handlers/sessions.ts';
import { tokensHandlers } from './handlers/tokens.ts';
import { systemUserHandlers } from './handlers/system-user.ts';
import { vaultHandlers } from './handlers/vault.ts';
import type { BridgeParts } from './parts.ts';

/** Every method of the bridge over one console. */
export function bridgeHandlers(parts: BridgeParts): Handlers {
  return {
    ...appHandlers(parts),
    ...vaultHandlers(parts),
    ...preferencesHandlers(parts),
    ...activityHandlers(parts),
    ...providersHandlers(),
    ...connectionsHandlers(parts),
    ...sessionsHandlers(parts),
    ...sandboxHandlers(parts),
    ...listsHandlers(parts),
    ...tokensHandlers(parts),
    ...systemUserHandlers(parts),
    ...listFactsHandlers(parts),
    ...exportsHandlers(parts),
  };
}
