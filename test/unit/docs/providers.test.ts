import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { allProviders } from '../../../main/providers/catalogue.ts';
import { SWITCHES } from '../../../main/sandbox/switches.ts';

const text = readFileSync(new URL('../../../docs/providers.md', import.meta.url), 'utf8');
const providers = allProviders
  .map(({ profile }) => profile)
  .filter(({ id }) => id !== 'oidc' && id !== 'oauth2');

function cells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''));
}

/** The rows of the table whose head begins with these cells, without backticks. */
function table(...head: string[]): string[][] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => head.every((cell, at) => cells(line)[at] === cell));
  expect([head, start]).not.toEqual([head, -1]);
  const rest = lines.slice(start + 2);
  const end = rest.findIndex((line) => !line.startsWith('|'));
  return rest.slice(0, end === -1 ? undefined : end).map(cells);
}

test('the page lists every switch of the sandbox with its default', () => {
  const rows = table('switch', 'default', 'means').map(([name, value]) => [name, value]);
  expect(rows).toEqual(Object.entries(SWITCHES).map(([name, row]) => [name, String(row.default)]));
});

test('the page names every word that a switch of the sandbox takes', () => {
  const means = new Map(
    table('switch', 'default', 'means').map(([name, value, means]) => [name, `${value} ${means}`]),
  );
  for (const [name, row] of Object.entries(SWITCHES)) {
    for (const word of 'values' in row ? row.values : []) expect(means.get(name)).toContain(word);
  }
});

test('the page lists every switch of a connection with its default', () => {
  const rows = table('provider', 'switch', 'default').map((row) => row.slice(0, 3).join(' '));
  const known = providers.flatMap(({ label, switches = {} }) =>
    Object.entries(switches).map(([name, value]) => `${label} ${name} ${value}`),
  );
  expect(rows.sort()).toEqual(known.sort());
});

test('the page lists every preset host', () => {
  const rows = table('provider', 'environment', 'issuer or endpoints').map((row) =>
    row.slice(0, 4).join(' '),
  );
  const known = providers.flatMap(({ label, environments }) =>
    Object.entries(environments)
      .filter(([, endpoints]) => Object.keys(endpoints).length > 0)
      .map(([name, { issuer, authorizationEndpoint, tokenEndpoint, apiBase }]) => {
        const identity = issuer ?? `${authorizationEndpoint}, ${tokenEndpoint}`;
        return `${label} ${name} ${identity} ${apiBase}`;
      }),
  );
  expect(rows.sort()).toEqual(known.sort());
});

test('the page lists every grant with its client authentication and scope', () => {
  const rows = table('provider', 'grant', 'client authentication').map((row) => row.slice(0, 4));
  const known = providers.flatMap(({ label, grants }) =>
    grants.map(({ grant, clientAuth, scope }) => [label, grant, clientAuth, scope ?? 'none']),
  );
  expect(rows.sort()).toEqual(known.sort());
});
