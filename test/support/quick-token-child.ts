import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommandLine } from '../../main/cli/program.ts';
import { quickToken } from '../../main/cli/quick-token.ts';
import { openKeychain } from '../../main/vault/keychain.ts';
import { testTerminal } from '../unit/cli/terminal.ts';

/** What the settings and an item of the keychain are before these words are said; missing is as before. */
export interface QuickStep {
  readonly settings?: string;
  readonly item?: readonly [name: string, text: string];
  /** UTF-8 bytes that one item takes. */
  readonly itemLimit?: number;
  readonly words: readonly string[];
}

/** What {@link quickToken} gives for these words, and what the whole command line does with them. */
export interface BothWays {
  readonly quick: string | null;
  readonly whole: { readonly code: number; readonly stdout: string; readonly notes: readonly string[] };
}

const steps = JSON.parse(process.argv[2] ?? '[]') as QuickStep[];
const { env, platform } = process;
for (const { settings, item, itemLimit = null, words } of steps) {
  if (settings !== undefined) await writeFile(path.join(env.LATCHKEY_HOME ?? '', 'settings.json'), settings);
  if (item !== undefined) {
    const vault = openKeychain({ itemLimit });
    const written = await vault.write(...item);
    if (!written.ok) throw new Error(written.error.message);
    await vault.close();
  }
  const quick = await quickToken(words, env, platform);
  const terminal = testTerminal(env as Record<string, string>);
  const code = await runCommandLine(words, terminal, '1.2.3');
  const whole = { code, stdout: terminal.stdout, notes: terminal.notes };
  console.log(JSON.stringify({ quick, whole } satisfies BothWays));
}
