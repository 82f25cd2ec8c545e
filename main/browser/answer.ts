import type { IncomingMessage, ServerResponse } from 'node:http';
import { setCookie } from './cookie.ts';
import { type Downloads, downloadPath, sendDownload } from './downloads.ts';
import { type Gate, hasKey, refusedAtOnce, within } from './gate.ts';
import { securityHeaders } from './headers.ts';
import { type PageName, page } from './pages.ts';
import type { ScreenFiles } from './screen-files.ts';

export interface Served {
  readonly files: ScreenFiles;
  readonly downloads?: Pick<Downloads, 'take'>;
}

/**
 * Answers every HTTP request of the door: the exchange of a one-time key, and the screen's files and exports for who
 * did that.
 */
export function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  gate: Gate,
  { files, downloads }: Served,
): void {
  for (const [name, value] of Object.entries(securityHeaders(gate.address))) response.setHeader(name, value);
  const refused = refusedAtOnce(request, gate);
  if (refused !== null) {
    sendPage(response, refused);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    sendPage(response, 'method');
    return;
  }
  const [path = '', query = ''] = within(request, gate).split('?', 2);
  if (path === '/open') {
    exchange(request, response, gate, new URLSearchParams(query).get('key') ?? '');
    return;
  }
  if (!hasKey(request, gate)) {
    response.setHeader('WWW-Authenticate', 'Latchkey');
    sendPage(response, 'closed');
    return;
  }
  // Asking for the head alone does not use a download up.
  if (request.method === 'GET' && path.startsWith(downloadPath)) {
    const ready = downloads?.take(path);
    if (ready === undefined) sendPage(response, 'fetched');
    else void sendDownload(response, ready);
    return;
  }
  const file = files.get(path);
  if (file === undefined) {
    sendPage(response, files.size === 0 ? 'not_built' : 'missing');
    return;
  }
  response.setHeader('Cache-Control', file.cacheControl);
  response.setHeader('Content-Type', file.type);
  response.end(file.content);
}

/**
 * The one-time key for the cookie. A browser that reads ahead (a preview, a prefetch) or only asks for the head does not
 * use the key up. Who has the cookie already is let in, so a reload of the address is no dead end.
 */
function exchange(request: IncomingMessage, response: ServerResponse, gate: Gate, key: string): void {
  const readsAhead = request.method !== 'GET' || request.headers['sec-purpose'] !== undefined;
  if (hasKey(request, gate)) redirect(response, gate);
  else if (!readsAhead && gate.keys.redeem(key)) {
    response.setHeader('Set-Cookie', setCookie(gate, gate.keys.cookie));
    redirect(response, gate);
  } else sendPage(response, 'used');
}

function redirect(response: ServerResponse, { path }: Gate): void {
  response.writeHead(303, { Location: `${path}/` });
  response.end();
}

function sendPage(response: ServerResponse, name: PageName): void {
  const { status, html } = page(name);
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(html);
}
