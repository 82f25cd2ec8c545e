import type { Failure } from '../../preload/errors.ts';

/**
 * What a status says that has nothing to do with what was asked: the server is busy (429), has a fault (5xx), or a proxy
 * wants to know who we are (407). Null for every other one. `label` is the provider's.
 */
export function serverTrouble(status: number, label: string): Failure | null {
  if (status === 429)
    return {
      code: 'rate_limited',
      message: `${label} asks to wait: too many requests.`,
      hint: 'Try again in a minute.',
    };
  if (status >= 500)
    return {
      code: 'provider_failed',
      message: `${label} has a fault of its own (HTTP ${status}).`,
      hint: 'Try again in a few minutes; nothing was changed here.',
    };
  if (status === 407)
    return {
      code: 'proxy_failed',
      message: 'The proxy wants its own sign-in.',
      hint: 'Check the proxy settings (HTTPS_PROXY).',
    };
  return null;
}
