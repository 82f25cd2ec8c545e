import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/**
 * What may open a connection, by the words in its source. Outside `main/http` nothing does, but for these: listeners take
 * connections, and D-Bus is a socket of this computer.
 */
const root = path.resolve(import.meta.dirname, '../../../main');
const networkModules = /^(?:node:)?(?:net|tls|http|https|http2|dgram|dns|undici)(?:\/|$)|^(?:undici|ws)$/;
const allowed: Readonly<Record<string, readonly string[]>> = {
  'browser/door.ts': ['createServer'],
  'browser/screens.ts': ['WebSocketServer'],
  // A page's own script, in the browser, to its own origin.
  'sessions/loopback/html.ts': ['fetch('],
  'sandbox/identity/capture.ts': ['IncomingMessage', 'ServerResponse', 'Socket'],
  'sandbox/listener.ts': ['createServer'],
  'sessions/loopback/listen.ts': ['createServer'],
  'sessions/loopback/loopback.ts': ['createServer'],
  'vault/dbus/bus.ts': ['connect'],
};

/** The names that a source takes from a network module, types left out, and what it calls by a global name. */
function openings(source: string): string[] {
  const found: string[] = [];
  for (const [, typeOnly, names = '', module = ''] of source.matchAll(
    /import\s+(type\s+)?([^;'"]+?)\s+from\s+'([^']+)'/g,
  )) {
    if (typeOnly !== undefined || !networkModules.test(module)) continue;
    const words = names
      .replaceAll(/[{}]/g, '')
      .split(',')
      .map((name) => name.trim());
    found.push(...words.filter((name) => name !== '' && !name.startsWith('type ')));
  }
  for (const [, module = ''] of source.matchAll(/(?:import|require|getBuiltinModule)\(\s*'([^']+)'\s*\)/g)) {
    if (networkModules.test(module)) found.push(`import('${module}')`);
  }
  // Comments may speak of fetch; code calls it.
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
  for (const [, name = ''] of code.matchAll(
    /(?<![.\w])(fetch\s*\(|globalThis\.fetch|new (?:WebSocket|EventSource|XMLHttpRequest)\b)/g,
  )) {
    found.push(name);
  }
  return found;
}

const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => file.endsWith('.ts') && !file.startsWith('http/'));

test('no code outside main/http opens a connection', () => {
  expect(sources.length).toBeGreaterThan(100);
  for (const file of sources) {
    const extra = openings(readFileSync(path.join(root, file), 'utf8')).filter(
      (name) => !allowed[file]?.includes(name),
    );
    // A method named fetch, as in `fetch: async (url) => ...` or an object's `fetch(url)`, is no call of the global.
    expect(extra, `main/${file} opens connections: let it go through main/http`).toEqual([]);
  }
});

test.each([
  ["import { request } from 'node:https';\nrequest('https://x.example');", ['request']],
  ["import net from 'node:net';", ['net']],
  ["const { fetch } = await import('undici');", ["import('undici')"]],
  ["await fetch('https://x.example');", ['fetch(']],
  ["new WebSocket('wss://x.example');", ['new WebSocket']],
  ["import type { Socket } from 'node:net';\n// fetch('x')", []],
  ["await parts.http.fetch('https://x.example');", []],
])('%j is seen for what it is', (source, expected) => {
  expect(openings(source)).toEqual(expected);
});
