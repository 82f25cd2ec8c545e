import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import { answerOf, lowerCaseNames } from './answer.ts';
import type { Answer, Responder } from './answer.ts';
import type { Exchange, SandboxProvider } from './contract.ts';
import type { Fault, Faults } from './faults.ts';
import type { RequestLog } from './request-log.ts';

/** One server on 127.0.0.1. It answers 503 until `serve` gave it a responder: an issuer must know its port first. */
export interface Listener {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly port: number;
  serve(respond: (exchange: Exchange, signal: AbortSignal) => Promise<Answer | 'drop'>): void;
  /** Ends every open connection. */
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** Listens on `port`, or on any free port for 0. Rejects with Node's error (EADDRINUSE, EACCES) otherwise. */
export async function listen(port: number, now: () => number): Promise<Listener> {
  const ended = new AbortController();
  let respond: ((exchange: Exchange, signal: AbortSignal) => Promise<Answer | 'drop'>) | null = null;
  const server = createServer((request, response) => {
    response.setHeader('date', new Date(now()).toUTCString());
    void answerRequest(request, response, (exchange) =>
      respond === null
        ? Promise.resolve(answerOf({ status: 503, text: 'The sandbox is starting.' }))
        : respond(exchange, ended.signal),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    origin: `http://127.0.0.1:${bound}`,
    port: bound,
    serve(next) {
      respond = next;
    },
    async close() {
      ended.abort();
      await closeServer(server);
    },
  };
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  respond: (exchange: Exchange) => Promise<Answer | 'drop'>,
): Promise<void> {
  try {
    const exchange = await readExchange(request);
    const answer = 'status' in exchange ? exchange : await respond(exchange);
    if (answer === 'drop') {
      request.socket.destroy();
      return;
    }
    // RFC 9110 8.6: a 204 has no length.
    const length = answer.status === 204 ? {} : { 'content-length': Buffer.byteLength(answer.body) };
    response.writeHead(answer.status, { ...answer.headers, ...length });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  } catch {
    // Responders answer 500 for their own failures and log them; what is left is an answer that cannot be written.
    request.socket.destroy();
  }
}

/** Reads the body whole. An answer instead of an exchange when the request cannot be read. */
async function readExchange(request: IncomingMessage): Promise<Exchange | Answer> {
  const { method = 'GET', url = '', socket } = request;
  const address = url.startsWith('/') ? `http://127.0.0.1:${String(socket.localPort)}${url}` : url;
  if (!URL.canParse(address)) return answerOf({ status: 400, text: 'The request target is not an address.' });
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // Not destroyed on a refusal: the answer goes out by the same socket.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) {
        return answerOf({
          status: 413,
          headers: { connection: 'close' },
          text: 'The body is larger than 1 MB.',
        });
      }
      chunks.push(chunk);
    }
  } catch {
    // The client went away in the middle of its body; nobody is left to answer.
    return answerOf({ status: 400, text: 'The body ended early.' });
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
  return { method, url: new URL(address), headers, body: Buffer.concat(chunks).toString('utf8') };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** A vendor's requests: a fault may meet them, all of them are logged, the first responder that knows the path answers. */
export function vendorResponder(options: {
  provider: SandboxProvider;
  responders: () => readonly Responder[];
  faults: Faults;
  log: RequestLog;
}): (exchange: Exchange, signal: AbortSignal) => Promise<Answer | 'drop'> {
  const { provider, responders, faults, log } = options;
  return async (exchange, signal) => {
    const fault = faults.take(provider, exchange);
    try {
      const answer = await withFault(fault, signal, () => firstAnswer(responders(), exchange));
      log.add(provider, exchange, answer === 'drop' ? null : answer.status);
      return answer;
    } catch (error) {
      log.add(
        provider,
        exchange,
        500,
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      );
      return answerOf({ status: 500, text: 'The sandbox failed; its log says why.' });
    }
  };
}

async function firstAnswer(responders: readonly Responder[], exchange: Exchange): Promise<Answer> {
  for (const respond of responders) {
    const answer = await respond(exchange);
    if (answer !== null) return answer;
  }
  return answerOf({ status: 404 });
}

async function withFault(
  fault: Fault | null,
  signal: AbortSignal,
  process: () => Promise<Answer>,
): Promise<Answer | 'drop'> {
  if (fault === null) return process();
  const { status, body, headers = {}, drop = false, delayMs = 0, after = false } = fault;
  const replaces = drop || status !== undefined || body !== undefined;
  if (!after) await pause(delayMs, signal);
  const processed = after || !replaces ? await process() : null;
  if (after) await pause(delayMs, signal);
  if (drop) return 'drop';
  const answer =
    processed === null || replaces ? replacement(status ?? processed?.status ?? 200, body) : processed;
  return { ...answer, headers: { ...answer.headers, ...lowerCaseNames(headers) } };
}

function replacement(status: number, body: unknown): Answer {
  if (body === undefined) return answerOf({ status });
  return answerOf(typeof body === 'string' ? { status, text: body } : { status, json: body });
}

/** Ends early, without an error, when the sandbox closes. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
