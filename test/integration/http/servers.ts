import { readFileSync } from 'node:fs';
import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { type ConnectProxy, type ProxyOptions, startConnectProxy } from '../../support/connect-proxy.ts';
import { type HttpOptions, createHttp } from '../../../main/http/http.ts';
import type { Network } from '../../../main/http/network.ts';
import { type Http, HttpError, type RequestRecord } from '../../../main/http/seam.ts';
import { ok } from '../../../preload/errors.ts';
import { systemClock } from '../../../main/clock.ts';

const fixtures = new URL('../../fixtures/tls/', import.meta.url);
export const caFile = new URL('ca.pem', fixtures).pathname;
export const caPem = readFileSync(caFile, 'utf8');

export interface TestHttpOptions extends Partial<Omit<HttpOptions, 'network' | 'record'>> {
  readonly proxy?: string;
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly noProxy?: string;
  readonly caFile?: string;
}

/** The seam with nothing from this computer's environment, and what it recorded; closed with the test. */
export function openHttp(options: TestHttpOptions = {}): Http & { readonly recorded: RequestRecord[] } {
  const { proxy = 'system', credentials, noProxy = '', caFile: file, ...others } = options;
  const recorded: RequestRecord[] = [];
  const network: Network = {
    proxy,
    noProxy,
    proxyCredentials: credentials === undefined ? null : () => Promise.resolve(ok(credentials)),
    certificates: { files: file === undefined ? [] : [{ path: file, from: 'the test' }], system: true },
  };
  const opened = createHttp({
    clock: systemClock,
    env: {},
    network: () => ok(network),
    record: (record) => recorded.push(record),
    ...others,
  });
  onTestFinished(() => opened.close());
  return { ...opened, recorded };
}

/** The failure that a request ends with. */
export async function failureOf(
  request: Promise<unknown>,
): Promise<HttpError['failure'] & { error: HttpError }> {
  const error: unknown = await request.then(
    () => 'The request succeeded.',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HttpError);
  return { ...(error as HttpError).failure, error: error as HttpError };
}

export async function serve(listener: RequestListener): Promise<{ origin: string; port: number }> {
  const port = await listen(http.createServer(listener));
  return { origin: `http://127.0.0.1:${String(port)}`, port };
}

export async function serveTls(
  certificate: 'server' | 'expired' | 'other-host',
  listener: RequestListener,
): Promise<{ origin: string; port: number }> {
  const port = await listen(https.createServer(identity(certificate), listener));
  return { origin: `https://127.0.0.1:${String(port)}`, port };
}

function identity(certificate: string): { key: string; cert: string } {
  const read = (name: string): string => readFileSync(new URL(name, fixtures), 'utf8');
  return { key: read(`${certificate}.key`), cert: read(`${certificate}.pem`) };
}

/** A server that speaks no HTTP: `talk` gets each connection after its first bytes came in. */
export async function serveRaw(talk: (socket: Socket) => void): Promise<{ origin: string; port: number }> {
  const port = await listen(
    net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => talk(socket));
    }),
  );
  return { origin: `http://127.0.0.1:${String(port)}`, port };
}

/** A CONNECT proxy that ends with the test. */
export async function serveProxy(
  route: ProxyOptions['route'],
  options: { readonly secure: boolean } = { secure: false },
): Promise<ConnectProxy> {
  const proxy = await startConnectProxy({ route, ...(options.secure && { identity: identity('server') }) });
  onTestFinished(() => proxy.stop());
  return proxy;
}

/** A port where nothing listens: taken and given back. */
export async function closedPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listen(server: net.Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return (server.address() as AddressInfo).port;
}
