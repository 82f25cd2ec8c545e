import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';

export interface ProxyOptions {
  /** The local port that stands for a target (`host:port`), or the status to refuse it with. */
  readonly route: (target: string) => { readonly port: number } | { readonly status: number };
  /** Who may use it, by Basic (RFC 7617); anybody where missing. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Speaks TLS to its clients. */
  readonly identity?: { readonly key: string; readonly cert: string };
}

export interface ConnectProxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly host: string;
  /** What was asked of it, refused or not: method, target and credentials. */
  readonly asked: { method: string; target: string; authorization: string | undefined }[];
  stop(): Promise<void>;
}

/** A real CONNECT proxy (RFC 9110 9.3.6) on this computer; it sees hosts and ports alone. */
export async function startConnectProxy({
  route,
  credentials,
  identity,
}: ProxyOptions): Promise<ConnectProxy> {
  const asked: ConnectProxy['asked'] = [];
  const sockets = new Set<Socket>();
  const wanted =
    credentials &&
    `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  const server = identity ? https.createServer(identity) : http.createServer();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (request, response) => {
    asked.push({
      method: request.method ?? '',
      target: request.url ?? '',
      authorization: request.headers['proxy-authorization'],
    });
    response.writeHead(501).end();
  });
  server.on('connect', (request, client: Socket, head: Buffer) => {
    const target = request.url ?? '';
    const authorization = request.headers['proxy-authorization'];
    asked.push({ method: 'CONNECT', target, authorization });
    client.on('error', () => undefined);
    const decision = wanted !== undefined && authorization !== wanted ? { status: 407 } : route(target);
    if ('status' in decision) {
      const challenge = decision.status === 407 ? 'Proxy-Authenticate: Basic realm="tests"\r\n' : '';
      client.end(`HTTP/1.1 ${String(decision.status)} No\r\n${challenge}Content-Length: 0\r\n\r\n`);
      return;
    }
    const upstream = net.connect(decision.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  // TLS knows no server name that is an address.
  const host = `${identity ? 'localhost' : '127.0.0.1'}:${String(port)}`;
  return {
    url: `${identity ? 'https' : 'http'}://${host}`,
    host,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
