import { type Result, fail, ok } from '../../preload/errors.ts';

/**
 * The whole body of an answer, decoded, in a buffer of its own; null where it has none. Counted after decompression, so that a small body cannot
 * grow without end. Errors: response_unexpected over `maxBytes`. Throws what the reader throws.
 */
export async function readBody(
  response: Response,
  host: string,
  maxBytes: number,
): Promise<Result<Uint8Array<ArrayBuffer> | null>> {
  if (response.body === null) return ok(null);
  const reader = response.body.getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    if (length > maxBytes) {
      // Nothing more is wanted; whether the connection minds being cut is of no interest.
      reader.cancel().catch(() => undefined);
      return fail(
        'response_unexpected',
        `The answer from ${host} is larger than ${describeBytes(maxBytes)}.`,
        'Check the address: an API or a sign-in server does not send so much at once.',
      );
    }
    pieces.push(value);
  }
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined && only.byteLength === only.buffer.byteLength)
    return ok(only);
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.byteLength;
  }
  return ok(whole);
}

function describeBytes(bytes: number): string {
  const megabytes = bytes / 1024 / 1024;
  return megabytes >= 1 ? `${String(Math.round(megabytes))} MB` : `${String(bytes)} bytes`;
}
