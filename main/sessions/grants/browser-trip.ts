import { buildAuthorizationUrl } from 'openid-client';
import { type Result, ok } from '../../../preload/errors.ts';
import { connectionTexts } from '../../connections/endpoints.ts';
import { type Loopback, openLoopback } from '../loopback/loopback.ts';
import type { InteractiveRequest } from './grant.ts';

/** The way there and back: what both browser grants share. */
export interface Trip {
  readonly loopback: Loopback;
  /** The callback URL; for `fragment` its query holds what the fragment held. */
  readonly callback: URL;
}

/**
 * Opens the loopback receiver, then the browser (never the other way round: RFC 8252 8.3), and waits for it to come
 * back. On failure nothing is left open. Errors: port_unavailable, callback_timeout, cancelled.
 */
export async function tripToBrowser(
  request: InteractiveRequest,
  mode: 'query' | 'fragment',
  state: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Result<Trip>> {
  const { connection, profile, server } = request;
  const opened = await openLoopback({
    ports: connection.redirect.ports,
    localhost: connection.overrides.redirectHost === 'localhost',
    path: connection.redirect.path,
    state,
    mode,
    timeoutMs: request.timeoutMs,
    clock: request.clock,
    ...(request.signal && { signal: request.signal }),
  });
  if (!opened.ok) return opened;
  const loopback = opened.value;
  try {
    // The connection's own parameters come first so that they can never replace one that protects the sign-in.
    const url = buildAuthorizationUrl(server.configuration, {
      ...connectionTexts(connection, profile, 'authorizationParams'),
      ...(connection.scope !== null && { scope: connection.scope }),
      redirect_uri: loopback.redirectUri,
      state,
      ...parameters,
    });
    request.report({
      event: 'authorization_url',
      url: url.href,
      redirectUri: loopback.redirectUri,
      expiresAt: request.clock.now() + request.timeoutMs,
    });
    // Not waited for: a browser in the foreground (in a terminal) ends only after its last page, which waits for us.
    const opened = openBrowser(request, url.href);
    const callback = await Promise.race([loopback.callback, opened.then(() => loopback.callback)]);
    if (callback.ok) return ok({ loopback, callback: callback.value });
    await loopback.close();
    return callback;
  } catch (error) {
    await loopback.close();
    throw error;
  }
}

async function openBrowser({ openBrowser: open, report }: InteractiveRequest, url: string): Promise<void> {
  const browser = await open?.(url);
  if (browser?.ok === false) report({ event: 'browser_failed', failure: browser.error });
}
