import { expect, test } from 'vitest';
import { sandboxEverything, withoutSandbox } from '../../../../main/desktop/security/sandbox.ts';

test('every renderer is sandboxed, whatever its window says', () => {
  let sandboxed = false;
  sandboxEverything({ enableSandbox: () => (sandboxed = true) });
  expect(sandboxed).toBe(true);
});

test.each([
  { isPackaged: true, switches: ['no-sandbox'], refused: true },
  { isPackaged: true, switches: ['lang'], refused: false },
  // Developers, and tests that run as root, start it from source.
  { isPackaged: false, switches: ['no-sandbox'], refused: false },
])('packaged: $isPackaged, with --$switches: refused: $refused', ({ isPackaged, switches, refused }) => {
  const commandLine = { hasSwitch: (name: string) => switches.includes(name) };
  expect(withoutSandbox({ isPackaged, commandLine })).toBe(refused);
});
