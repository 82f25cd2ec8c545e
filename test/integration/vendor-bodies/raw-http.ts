import { request } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** One request exactly as given: no client library adds, drops or encodes anything (a GET may carry a body, as curl's). */
export function raw(
  method: string,
  address: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const length = body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const sent = request(address, { method, headers: { ...headers, ...length } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** `--data-urlencode "name=value"` as curl sends it: everything but unreserved characters in the value is encoded. */
export function dataUrlencode(...pairs: readonly (readonly [name: string, value: string])[]): string {
  const encode = (value: string): string =>
    encodeURIComponent(value).replace(
      /[!'()*]/gu,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return pairs.map(([name, value]) => `${name}=${encode(value)}`).join('&');
}
