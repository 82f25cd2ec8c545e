import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}
interface Lock {
  packages: Record<string, { hasInstallScript?: boolean; integrity?: string; link?: boolean }>;
}
const manifest = JSON.parse(read('package.json')) as Manifest;
const lock = JSON.parse(read('package-lock.json')) as Lock;
const names = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];

test.each(names.filter((name) => !name.startsWith('@types/')))(
  'docs/dependencies.md says why %s is there',
  (name) => {
    expect(read('docs/dependencies.md')).toContain(name);
  },
);

test('every version is exact', () => {
  const versions = [...Object.values(manifest.dependencies), ...Object.values(manifest.devDependencies)];
  expect(versions.filter((version) => !/^(npm:@?[\w/-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test('code runs at installation only for the packages that are known to need it', () => {
  const scripts = Object.entries(lock.packages)
    .filter(([, entry]) => entry.hasInstallScript)
    .map(([place]) => place.replace(/^.*node_modules\//, ''));
  expect(scripts.sort()).toEqual(['electron-winstaller', 'keytar', 'node', 'unrs-resolver']);
});

test('the lock file pins the content of every package', () => {
  const loose = Object.entries(lock.packages).filter(
    ([place, entry]) => place !== '' && !entry.integrity?.startsWith('sha512-'),
  );
  expect(loose).toEqual([]);
});
