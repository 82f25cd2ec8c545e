import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

/** One attached target of the DevTools protocol; emits the protocol's events by name. */
export class Session extends EventEmitter {
  readonly #send: (method: string, parameters: object) => Promise<never>;
  constructor(send: (method: string, parameters: object) => Promise<never>) {
    super();
    this.#send = send;
  }
  send<T = unknown>(method: string, parameters: object = {}): Promise<T> {
    return this.#send(method, parameters);
  }
}

export interface Chromium {
  readonly endpoint: string;
  readonly browser: Session;
  attach(targetId: string): Promise<Session>;
  close(): Promise<void>;
}

interface Incoming {
  id?: number;
  sessionId?: string;
  method?: string;
  params?: object;
  result?: never;
  error?: { message: string };
}

/** Debian's Chromium, which finds no host at all: whatever a page of it loads, we serve. */
export async function startChromium(): Promise<Chromium> {
  const profile = mkdtempSync(path.join(tmpdir(), 'latchkey-stand-in-'));
  const child = spawn('/usr/bin/chromium', [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...['--headless', '--disable-gpu', '--no-first-run', '--no-startup-window', '--remote-debugging-port=0'],
    ...[
      '--disable-background-networking',
      '--disable-component-update',
      '--host-resolver-rules=MAP * ~NOTFOUND',
    ],
    `--user-data-dir=${profile}`,
  ]);
  const endpoint = await listening(child);
  const socket = new WebSocket(endpoint);
  await once(socket, 'open');
  const sessions = new Map<string, Session>();
  const pending = new Map<number, (message: Incoming) => void>();
  let last = 0;
  const session = (sessionId?: string): Session =>
    new Session((method, params) => {
      last += 1;
      socket.send(JSON.stringify({ id: last, method, params, sessionId }));
      const id = last;
      return new Promise((resolve, reject) => {
        pending.set(id, ({ result, error }) => {
          if (error) reject(new Error(`${method}: ${error.message}`));
          else resolve(result as never);
        });
      });
    });
  const browser = session();
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Incoming;
    if (message.id !== undefined) {
      pending.get(message.id)?.(message);
      pending.delete(message.id);
    } else if (message.method !== undefined) {
      const to = message.sessionId === undefined ? browser : sessions.get(message.sessionId);
      to?.emit(message.method, message.params);
    }
  });
  return {
    endpoint,
    browser,
    async attach(targetId) {
      const { sessionId } = await browser.send<{ sessionId: string }>('Target.attachToTarget', {
        targetId,
        flatten: true,
      });
      const attached = session(sessionId);
      sessions.set(sessionId, attached);
      return attached;
    },
    async close() {
      const ended = child.exitCode === null ? once(child, 'exit') : null;
      socket.close();
      child.kill();
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function listening(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('Chromium has no stderr.');
  for await (const line of createInterface({ input: child.stderr })) {
    const found = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (found === undefined) continue;
    child.stderr.resume();
    return found;
  }
  throw new Error('Chromium ended before it listened.');
}
