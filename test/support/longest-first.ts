import { existsSync } from 'node:fs';
import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, longest first. What a new clone does not know yet: vitest itself goes by the size of a file. */
const longest = [
  'e2e/session-soak.test.ts',
  'e2e/canary.test.ts',
  'integration/vault/states.test.ts',
  'e2e/failures/lists.test.ts',
  'e2e/failures/refresh.test.ts',
  'e2e/lifecycle.test.ts',
  'e2e/doors-at-once.test.ts',
  'e2e/console/accessibility.test.ts',
  'e2e/failures/vault.test.ts',
  'e2e/failures/network.test.ts',
  'e2e/single-flight.test.ts',
  'e2e/four-platforms.test.ts',
  'e2e/system-user.test.ts',
  'e2e/failures/sign-in.test.ts',
  'integration/desktop/package.test.ts',
  'integration/system-user/fleet.test.ts',
  'e2e/failures/usage.test.ts',
  'integration/vault/keychain.test.ts',
].map((name) => path.resolve(import.meta.dirname, '..', name));

for (const file of longest) if (!existsSync(file)) throw new Error(`${file} is listed and not there.`);

/** Begins with the longest files, so that none of them is left to run alone at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const listed = longest.indexOf(path.normalize(moduleId));
      return listed === -1 ? longest.length : listed;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}
