import { type Result, fail, ok } from '../../preload/errors.ts';
import { type Http, HttpError } from '../http/seam.ts';

/**
 * Whether anything answers at this address's host, with whatever status. Nothing is asked for and nothing changed there
 * (HEAD, RFC 9110 9.3.2). Errors: those of the network, timeout, cancelled.
 */
export async function reach(
  http: Http,
  address: string,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<Result<void>> {
  const { origin, host } = new URL(address);
  const over = AbortSignal.timeout(options.timeoutMs);
  try {
    const signal = options.signal ? AbortSignal.any([options.signal, over]) : over;
    const response = await http.fetch(origin, {
      method: 'HEAD',
      redirect: 'manual',
      about: { purpose: 'check' },
      signal,
    });
    await response.body?.cancel();
    return ok(undefined);
  } catch (error) {
    if (error instanceof HttpError) return { ok: false, error: error.failure };
    if (options.signal?.aborted) return fail('cancelled', 'Cancelled.', 'Try again when you like.');
    if (over.aborted) return fail('timeout', `${host} did not answer in time.`, 'Try again in a moment.');
    throw error;
  }
}
