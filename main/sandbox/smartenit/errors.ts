import type { Reply } from '../contract.ts';

/** Codes of the vendor's table that are known (vendor-apis 4.2); `generic` is the sandbox's own for all the others. */
export const smartenitCodes = {
  client: 100,
  credentials: 101,
  tokenInvalid: 114,
  tokenExpired: 115,
  generic: 199,
} as const;

/**
 * The vendor's error envelope, also for OAuth errors: never RFC 6749's `{error: string}`. The published example says the
 * same sentence outside and inside (SMA-DOC).
 */
export function smartenitError(status: number, code: keyof typeof smartenitCodes, message: string): Reply {
  return {
    status,
    headers: { 'cache-control': 'no-store' },
    json: {
      error: {
        message,
        status,
        errors: [{ code: smartenitCodes[code], message }],
      },
    },
  };
}
