import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Interface, createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enter, openScreen } from './door-client.ts';

const entry = path.resolve(import.meta.dirname, '../../../main/serve.ts');
let home = '';
const children: ChildProcess[] = [];
beforeAll(async () => void (home = await mkdtemp(path.join(tmpdir(), 'latchkey-serve-'))));
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(home, { recursive: true, force: true });
});

interface Served {
  readonly child: ChildProcess;
  readonly lines: Interface;
  readonly ended: Promise<number | null>;
  /** The one-time address it printed first. */
  readonly url: string;
  readonly port: number;
}

function run(words: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, [entry, ...words], {
    env: { PATH: process.env.PATH ?? '', LATCHKEY_HOME: home, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

async function serve(
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const child = run(['--json', '--vault', 'memory', ...words], env);
  if (!child.stdout) throw new Error('no pipe');
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  return { child, lines, ended, url, port: Number(new URL(url).port) };
}

async function screenOf({ port, url }: Served) {
  return openScreen(port, { origin: `http://127.0.0.1:${port}`, cookie: await enter(port, url) });
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends it in good order, also after settings were written',
  async (signal) => {
    const served = await serve(['--no-open']);
    const screen = await screenOf(served);
    // The library that writes settings would send the signal a second time.
    expect(
      await screen.call('connections.add', {
        provider: 'salto-ks',
        name: `for ${signal}`,
        clientId: 'harbour',
      }),
    ).toMatchObject({ ok: true });
    served.child.kill(signal);
    expect(await screen.closed).toBe(1001);
    expect(await served.ended).toBe(0);
    expect(screen.messages.at(-1)).toEqual({ type: 'event', event: 'app.closing', payload: {} });
  },
);

test('Enter prints a new address when the first was used', async () => {
  const served = await serve(['--no-open']);
  await enter(served.port, served.url);
  served.child.stdin?.write('\n');
  const [line] = (await once(served.lines, 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  expect(url).not.toBe(served.url);
  await enter(served.port, url);
  served.child.kill('SIGTERM');
  expect(await served.ended).toBe(0);
});

test('it ends by itself when no tab was there for as long as it was told', async () => {
  const served = await serve(['--no-open', '--idle-exit', '0.01']);
  expect(await served.ended).toBe(0);
});

test('a browser is opened with a key of its own, so that the printed address stays good, and without the passphrase', async () => {
  const script = path.join(home, 'browser.mjs');
  // A browser that goes where it is told and says how it was received.
  await writeFile(
    script,
    `const { status } = await fetch(process.argv[2], { redirect: 'manual' });
     await fetch(process.env.TELL, { method: 'POST', body: \`\${status}, \${process.env.LANTERNS}\` });`,
  );
  const { createServer } = await import('node:http');
  const told = Promise.withResolvers<string>();
  const listener = createServer((request, response) => {
    void request.toArray().then((chunks) => told.resolve(Buffer.concat(chunks as Buffer[]).toString()));
    response.end();
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as { port: number };
  const served = await serve(['--vault', 'file', '--passphrase-env', 'LANTERNS'], {
    LANTERNS: 'seven red lanterns',
    LATCHKEY_BROWSER: `"${process.execPath}" "${script}"`,
    TELL: `http://127.0.0.1:${port}/`,
  });
  expect(await told.promise).toBe('303, undefined');
  await enter(served.port, served.url);
  listener.close();
  served.child.kill('SIGTERM');
  expect(await served.ended).toBe(0);
});

test('a port that is taken is said to be, and the exit code is that of the network', async () => {
  const served = await serve(['--no-open']);
  const second = run(['--json', '--no-open', '--vault', 'memory', '--port', String(served.port)]);
  let out = '';
  second.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  const [code] = (await once(second, 'close')) as [number];
  expect(code).toBe(5);
  expect(JSON.parse(out)).toMatchObject({ error: { code: 'port_unavailable' } });
  served.child.kill('SIGTERM');
  expect(await served.ended).toBe(0);
});

test('the file vault needs the name of a variable with its passphrase', async () => {
  const missing = run(['--json', '--no-open', '--vault', 'file']);
  expect(((await once(missing, 'close')) as [number])[0]).toBe(2);
});

test.each([
  [['--port', '0']],
  [['--port', '70000']],
  [['--idle-exit', '-1']],
  [['--vault', 'box']],
  [['--what']],
])('%j is bad usage', async (words) => {
  expect(((await once(run(words), 'close')) as [number])[0]).toBe(2);
});
