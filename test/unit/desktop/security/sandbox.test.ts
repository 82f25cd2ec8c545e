import { expect, test } from 'vitest';
import { sandboxEverything } from '../../../../main/desktop/security/sandbox.ts';

test('every renderer is sandboxed, whatever its window says', () => {
  let sandboxed = false;
  sandboxEverything({ enableSandbox: () => (sandboxed = true) });
  expect(sandboxed).toBe(true);
});
