import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

import type { Answer } from '../answer.ts';
import type { Exchange } from '../contract.ts';

/** A Node request and response made from an exchange that was already read. */
export interface Detached {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What was written to the response. */
  readonly answer: () => Answer;
}

/** Headers about the bytes on a connection, which are the listener's to set. */
const FRAMING = ['content-length', 'transfer-encoding'];

/**
 * Lets a library that wants Node's request and response work on an exchange, without a socket: the answer can then be
 * logged, changed or lost by a fault like any other, and the body was read once, by the listener.
 */
export function detached(exchange: Exchange): Detached {
  const request = new IncomingMessage(new Socket());
  const body = Buffer.from(exchange.body, 'utf8');
  const headers = { ...exchange.headers, 'transfer-encoding': undefined };
  request.method = exchange.method;
  request.url = `${exchange.url.pathname}${exchange.url.search}`;
  request.headers = body.length === 0 ? headers : { ...headers, 'content-length': String(body.length) };
  if (body.length > 0) request.push(body);
  request.push(null);
  request.complete = true;

  const response = new ServerResponse(request);
  let written: string | Buffer = '';
  // The response has no socket to be flushed to: its end is the only thing that would need one.
  response.end = ((chunk?: unknown) => {
    if (typeof chunk === 'string' || Buffer.isBuffer(chunk)) written = chunk;
    return response;
  }) as typeof response.end;
  return {
    request,
    response,
    answer: () => {
      const sent = Object.entries(response.getHeaders()).filter(([name]) => !FRAMING.includes(name));
      return { status: response.statusCode, headers: Object.fromEntries(sent), body: written };
    },
  };
}
