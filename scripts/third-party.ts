// A plugin of the bundler: writes down whose code a bundle holds, under which licence, and with which words. The build fails
// where a licence is not one of those below. (rollup-plugin-license does the same, and brings a second bundler along.)
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

/** Licences that ask for nothing but their text in what is shipped. */
export const acceptedLicences = [
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  'BlueOak-1.0.0',
  'Python-2.0',
];

/** Packages that name no licence in their package.json, and have its words in a file. */
const namedInFile: Readonly<Record<string, string>> = { 'svelte-toolbelt': 'MIT' };

/** @returns a plugin for Vite that adds `THIRD-PARTY.txt` to the bundle */
export function thirdParty(): Plugin {
  return {
    name: 'third-party',
    generateBundle(_options, bundle) {
      const folders = new Set<string>();
      for (const chunk of Object.values(bundle)) {
        for (const module of chunk.type === 'chunk' ? chunk.moduleIds : []) {
          const folder = packageFolder(module);
          if (folder !== null) folders.add(folder);
        }
      }
      const source = [...folders]
        .sort()
        .map(notice)
        .join(`\n${'-'.repeat(79)}\n\n`);
      if (source !== '') this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY.txt', source });
    },
  };
}

/** The folder of the package that a module belongs to; null for our own. */
function packageFolder(module: string): string | null {
  const [file = ''] = module.replaceAll('\0', '').split('?');
  const at = file.lastIndexOf('node_modules/');
  if (at === -1) return null;
  const [scope = '', name = ''] = file.slice(at + 'node_modules/'.length).split('/');
  return path.join(file.slice(0, at), 'node_modules', scope, scope.startsWith('@') ? name : '');
}

function notice(folder: string): string {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const [name = '', version = ''] = [manifest.name, manifest.version].map(String);
  const license = typeof manifest.license === 'string' ? manifest.license : namedInFile[name];
  const words = (license ?? '').replace(/[()]/g, '');
  if (!words.split(/ OR | AND /).every((one) => acceptedLicences.includes(one))) {
    throw new Error(
      `${name} ${version} is under "${license}", which is none of: ${acceptedLicences.join(', ')}.`,
    );
  }
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text =
    file && existsSync(path.join(folder, file)) ? readFileSync(path.join(folder, file), 'utf8').trim() : '';
  return `${name} ${version} (${license ?? ''})\n\n${text}\n`;
}
