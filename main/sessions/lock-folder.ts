import path from 'node:path';

/** The folder of the locks that all doors share; vault/secrets.ts has one there for each connection. */
export function lockFolder(home: string): string {
  return path.join(home, 'locks');
}
