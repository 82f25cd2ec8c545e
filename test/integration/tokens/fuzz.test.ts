import { expect, test } from 'vitest';
import { fuzzInspector } from '../../support/token-fuzz.ts';

test('twenty seconds of texts that nobody would paste: no crash, no hang, nothing valid without a signature', async () => {
  const { rounds, verdicts } = await fuzzInspector(20_000, Date.now() % 1_000_000);
  expect(rounds).toBeGreaterThan(100);
  // The good ones are still among them, and so is what was broken.
  expect(verdicts.valid ?? 0).toBeGreaterThan(0);
  expect(verdicts.malformed ?? 0).toBeGreaterThan(0);
  expect(verdicts.signature_wrong ?? 0).toBeGreaterThan(0);
});
