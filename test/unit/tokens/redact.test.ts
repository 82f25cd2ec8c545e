import { expect, test } from 'vitest';
import { inspectToken } from '../../../main/tokens/inspect.ts';
import { redactedReport } from '../../../main/tokens/redact.ts';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a copy for a ticket has what opens nothing and names nobody; of all else it says the kind', async () => {
  const person = 'ana.prado@acme.example';
  const claims = {
    iss: 'https://id.acme.example',
    aud: 'user_api',
    exp: 1_790_000_000,
    sub: '5b0f6c1e-2a47-4f0e-9d52-0c6f3a7be101',
    email: person,
    preferred_username: person,
    name: 'Ana Prado',
    session: { key: 'brass-lantern' },
    picture: 'https://acme.example/ana.png',
    a_claim_that_nobody_knows: 'brass-lantern',
  };
  const token = `${part({ alg: 'RS256', kid: 'k1', secret_header: 'brass-lantern' })}.${part(claims)}.c2lnbmF0dXJl`;
  const inspection = await inspectToken({ token, clock: { now: () => 1_780_000_000_000 } });
  const report = redactedReport(inspection, token.length);

  expect(report).toContain('https://id.acme.example');
  expect(report).toContain('user_api');
  expect(report).not.toMatch(/Ana|prado|5b0f6c1e|lantern|ana\.png|c2lnbmF0dXJl/);
  for (const piece of token.split('.')) expect(report).not.toContain(piece);
  // Equal values are seen to be equal.
  expect(report).toMatch(/email +\(redacted (\d+): an e-mail address\)\n +preferred_username \(redacted \1:/);
  expect(report).toMatch(/sub +\(redacted \d+: a UUID\)/);
});
