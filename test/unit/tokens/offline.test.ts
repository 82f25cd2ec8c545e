import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Linter } from 'eslint';
import { expect, test } from 'vitest';

// Named by a variable: the configuration is plain JavaScript without types.
const configuration = path.resolve(import.meta.dirname, '../../../eslint.config.js');
const { offlineRules } = (await import(configuration)) as { offlineRules: Linter.RulesRecord };
const folder = path.resolve(import.meta.dirname, '../../../main/tokens');

function complaints(code: string): string[] {
  const config = { rules: offlineRules };
  return new Linter().verify(code, config).map(({ message }) => message);
}

test.each([
  ["import net from 'node:net';"],
  ["import { request } from 'https';"],
  ["import { fetch } from 'undici';"],
  ["import { discovery } from 'openid-client';"],
  ["import { createRemoteJWKSet } from 'jose';"],
  ["import { spawn } from 'node:child_process';"],
  ["export * from 'node:dgram';"],
  ["await import('node:' + 'net');"],
  ["fetch('https://example.com');"],
  ["globalThis.fetch('https://example.com');"],
  ["new WebSocket('wss://example.com');"],
  ["process.getBuiltinModule('node:net');"],
])('main/tokens may not write: %s', (code) => {
  expect(complaints(code)).toHaveLength(1);
});

test('main/tokens may verify', () => {
  expect(
    complaints("import { compactVerify } from 'jose'; import { createPublicKey } from 'node:crypto';"),
  ).toEqual([]);
});

test('what main/tokens imports is what it was seen to import: nothing with a socket in it', () => {
  const packages = new Set<string>();
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    for (const [, name = ''] of readFileSync(path.join(folder, file), 'utf8').matchAll(
      /^(?:import|export) [^;]*?from '([^']+)';$/gms,
    )) {
      if (!name.startsWith('.')) packages.add(name);
    }
  }
  expect([...packages].toSorted()).toEqual(['jose', 'node:buffer', 'node:crypto']);
});
