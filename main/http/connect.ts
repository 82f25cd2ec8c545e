import http from 'node:http';
import net from 'node:net';
import tls, { type PeerCertificate, type SecureContext } from 'node:tls';
import { ConnectFailure, connectFailure, proxyRefusal } from './network-failure.ts';

export interface Way {
  /** The proxy in between, user name and password in it where it wants them; null = direct. */
  readonly proxy: URL | null;
  /** What TLS trusts; undefined only for plain http to this computer. */
  readonly trusted: SecureContext | undefined;
  /** Milliseconds until the connection (proxy, TLS and all) stands. */
  readonly timeoutMs: number;
}

export interface Target {
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
}

/**
 * Opens a connection to `target`: directly, or through a CONNECT tunnel (RFC 9110 9.3.6) in which the proxy sees host and
 * port alone. Rejects with a {@link ConnectFailure}; nothing of a request was sent then.
 */
export async function connect(target: Target, way: Way): Promise<net.Socket> {
  const { proxy, timeoutMs } = way;
  const host = named(target);
  const opened: { socket: net.Socket | null } = { socket: null };
  const keep = <S extends net.Socket>(socket: S): S => {
    opened.socket = socket;
    return socket;
  };
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const late = Object.assign(new Error('connect timeout'), { code: 'ETIMEDOUT' });
    timer = setTimeout(() => reject(late), timeoutMs);
  });
  // The leg on which something fails decides whom it is said of.
  let leg: 'proxy' | 'server' = proxy === null ? 'server' : 'proxy';
  const steps = async (): Promise<net.Socket> => {
    if (proxy === null) {
      const socket = await reach(target, keep);
      return target.secure ? await secured(socket, target.hostname, way, keep) : socket;
    }
    const socket = await reach(proxyTarget(proxy), keep);
    const open =
      proxy.protocol === 'https:' ? await secured(socket, proxyTarget(proxy).hostname, way, keep) : socket;
    const tunnel = keep(await askForTunnel(open, proxy, target));
    leg = 'server';
    return target.secure ? await secured(tunnel, target.hostname, way, keep) : tunnel;
  };
  try {
    return await Promise.race([steps(), tooLate]);
  } catch (error) {
    opened.socket?.destroy();
    if (error instanceof ConnectFailure) throw error;
    throw new ConnectFailure(
      connectFailure(error, { leg, host, proxyHost: proxy?.host ?? null }),
      leg === 'proxy',
      error,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** `host:port`, as CONNECT names it; an IPv6 address in brackets. */
function authority({ hostname, port }: Target): string {
  return `${net.isIPv6(hostname) ? `[${hostname}]` : hostname}:${port}`;
}

/** As people know it: the usual port goes without saying. */
function named(target: Target): string {
  return target.secure ? authority(target).replace(/:443$/, '') : authority(target);
}

function proxyTarget(proxy: URL): Target {
  const secure = proxy.protocol === 'https:';
  const port = proxy.port === '' ? (secure ? 443 : 80) : Number(proxy.port);
  return { hostname: proxy.hostname.replace(/^\[|\]$/g, ''), port, secure };
}

type Keep = <S extends net.Socket>(socket: S) => S;

function reach({ hostname, port }: Target, keep: Keep): Promise<net.Socket> {
  // Each address of a host has a second before the next one is tried beside it (RFC 8305).
  const socket = keep(net.connect({ host: hostname, port, autoSelectFamilyAttemptTimeout: 1000 }));
  return settled(socket, 'connect');
}

/** TLS over a connection that stands. What fails carries the other side's certificate, as far as it came. */
async function secured(
  socket: net.Socket,
  hostname: string,
  { trusted }: Way,
  keep: Keep,
): Promise<net.Socket> {
  const secure = keep(
    tls.connect({
      socket,
      host: hostname,
      ...(net.isIP(hostname) === 0 && { servername: hostname }),
      ...(trusted && { secureContext: trusted }),
      // Stated: Node's default yields to NODE_TLS_REJECT_UNAUTHORIZED=0, which many shells have set for another program.
      rejectUnauthorized: true,
      ALPNProtocols: ['http/1.1'],
    }),
  );
  let certificate: PeerCertificate | null = null;
  // Before Node judges it: a refused connection has no certificate any more.
  secure.prependListener('secure', () => (certificate = secure.getPeerCertificate()));
  try {
    return await settled(secure, 'secureConnect');
  } catch (error) {
    throw Object.assign(error as Error, { certificate });
  }
}

async function askForTunnel(socket: net.Socket, proxy: URL, target: Target): Promise<net.Socket> {
  const host = authority(target);
  const { promise, resolve, reject } = Promise.withResolvers<net.Socket>();
  const request = http.request({
    method: 'CONNECT',
    path: host,
    headers: { host, ...authorization(proxy) },
    createConnection: () => socket,
  });
  request.once('error', reject);
  // For CONNECT every answer comes this way, also a refusal.
  request.once('connect', (answer, tunnel: net.Socket, head) => {
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) {
      if (head.length > 0) tunnel.unshift(head);
      resolve(tunnel);
      return;
    }
    tunnel.destroy();
    const schemes = answer.headers['proxy-authenticate'] ?? '';
    const known = proxy.username !== '';
    reject(
      new ConnectFailure(
        proxyRefusal(status, schemes, { host: named(target), proxyHost: proxy.host, known }),
        false,
      ),
    );
  });
  request.end();
  return promise;
}

/** RFC 7617: user name and password in UTF-8. */
function authorization({ username, password }: URL): { 'proxy-authorization'?: string } {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` };
}

/** Resolves with the socket when `event` comes; rejects with its error, also where the other side just hangs up. */
function settled<S extends net.Socket>(socket: S, event: 'connect' | 'secureConnect'): Promise<S> {
  const { promise, resolve, reject } = Promise.withResolvers<S>();
  const onEvent = (): void => {
    over();
    resolve(socket);
  };
  const onError = (error: Error): void => {
    over();
    // A socket may complain again; nobody is left to hear it.
    socket.on('error', () => undefined);
    reject(error);
  };
  const onClose = (): void => onError(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
  const over = (): void => {
    socket.off(event, onEvent).off('error', onError).off('close', onClose);
  };
  socket.once(event, onEvent).once('error', onError).once('close', onClose);
  return promise;
}
