import type { OutgoingHttpHeaders } from 'node:http';

import type { Exchange, Reply } from './contract.ts';

/** An answer ready to be written; unlike a Reply its body is bytes and a header may repeat (Set-Cookie). */
export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Buffer;
}

/** Answers a request, or null when the path is nobody's. */
export type Responder = (exchange: Exchange) => Promise<Answer | null>;

export function answerOf(reply: Reply): Answer {
  const { type, body } = content(reply);
  return {
    status: reply.status,
    headers: { ...(type === null ? {} : { 'content-type': type }), ...lowerCaseNames(reply.headers) },
    body,
  };
}

function content(reply: Reply): { type: string | null; body: string } {
  if (reply.json !== undefined)
    return { type: 'application/json; charset=utf-8', body: JSON.stringify(reply.json) };
  if (reply.html !== undefined) return { type: 'text/html; charset=utf-8', body: reply.html };
  if (reply.text !== undefined) return { type: 'text/plain; charset=utf-8', body: reply.text };
  return { type: null, body: '' };
}

export function lowerCaseNames(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
