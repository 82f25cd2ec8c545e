import { expect, test } from 'vitest';
import { readBody } from '../../../main/http/body.ts';

function answer(...pieces: readonly Uint8Array<ArrayBuffer>[]): Response {
  return new Response(
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    }),
  );
}
const shared = new TextEncoder().encode('somebody else, the body, somebody else');
const part = shared.subarray(15, 24);

test.each([
  ['one piece', [part.slice()], 'the body,'],
  ['one piece of shared memory', [part], 'the body,'],
  ['several pieces', [part, part], 'the body,the body,'],
  ['no piece', [], ''],
])(
  'a body of %s is whole, in memory of its own: it may be moved to another thread',
  async (_what, pieces, text) => {
    const body = await readBody(answer(...pieces), 'id.example', 100);
    const bytes = body.ok ? body.value : null;
    expect(new TextDecoder().decode(bytes ?? undefined)).toBe(text);
    expect(bytes?.buffer.byteLength).toBe(text.length);
  },
);
