import type { Http } from './seam.ts';

/**
 * A network seam that is built at its first request: TLS and proxy code takes longer to load than `latchkey token` may
 * take in all, and mostly no request is made.
 */
export function deferredHttp(build: () => Promise<Http>): Http {
  let built: Http | null = null;
  let building: Promise<Http> | null = null;
  return {
    fetch: async (url, request) => {
      building ??= build();
      built ??= await building;
      return built.fetch(url, request);
    },
    skewSeconds: (origin) => built?.skewSeconds(origin) ?? null,
    close: async () => {
      if (building !== null) await (await building).close();
    },
  };
}
