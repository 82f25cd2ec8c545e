import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { securityHeaders } from './security/content-policy.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/**
 * Answers what the window loads from `app://latchkey/` with the built screen's files. They are read once, at the start: no
 * path of a request ever reaches the file system, so there is no way out of the folder.
 */
export function screenFiles(folder: string): (request: Request) => Response {
  const files = new Map<string, { content: Buffer<ArrayBuffer>; type: string }>();
  read(folder, '');
  const index = files.get('/index.html');
  if (index) files.set('/', index);

  // Not `readdir` with `recursive` and `withFileTypes`: inside an asar archive Electron takes folders for files there.
  function read(from: string, address: string): void {
    for (const name of readdirSync(from)) {
      const file = path.join(from, name);
      if (statSync(file).isDirectory()) read(file, `${address}/${name}`);
      else {
        const type = types[path.extname(name)];
        if (type !== undefined) files.set(`${address}/${name}`, { content: readFileSync(file), type });
      }
    }
  }

  return (request) => {
    const file = request.method === 'GET' ? files.get(new URL(request.url).pathname) : undefined;
    if (file === undefined)
      return new Response('There is no such page.', { status: 404, headers: securityHeaders });
    return new Response(file.content, { headers: { ...securityHeaders, 'Content-Type': file.type } });
  };
}
