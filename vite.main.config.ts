import { type Plugin, defineConfig } from 'vite';
import { thirdParty } from './scripts/third-party.ts';

/**
 * What `latchkey token` needs with a valid session (cli/quick-token.ts) and nothing else, in one file: it has a start-up
 * budget, and finding and reading twenty small ones would take longer than running them.
 */
const core =
  /main\/(cli\/(quick-token|token-text|json-text|life|stdout)|clock|home|connections\/(glance|same-name|settings-file|endpoints|typed-name)|providers\/(catalogue|registry|cautions|[\w-]+\/(entry|profile))|sessions\/session|vault\/(glance|secrets-format|deadline|keytar\/calls|dbus\/[\w-]+))\.ts|preload\/errors\.ts/;

/** Node takes a folder's `.js` files for CommonJS where its nearest package.json says so. */
const moduleType: Plugin = {
  name: 'latchkey-module-type',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{"type":"commonjs"}\n' });
  },
};

/**
 * Bundles the doors and the helpers they start into `out/main`, flat, so that a helper is found beside whoever starts
 * it (main/entry-points.ts). Everything is bundled but keytar, which is native, and Electron itself.
 */
export default defineConfig({
  define: { LATCHKEY_BUILT: 'true' },
  plugins: [thirdParty(), moduleType],
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'out/main',
    emptyOutDir: true,
    minify: true,
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        cli: 'main/cli.ts',
        desktop: 'main/desktop.ts',
        'directory-worker': 'main/directory/worker.ts',
        'xlsx-worker': 'main/exports/xlsx-worker.ts',
        'keytar-helper': 'main/vault/keytar/helper.ts',
      },
      external: ['keytar', 'electron'],
      // depd, below oidc-provider in the sandbox, names functions by eval; nothing of ours does. A slow machine is no fault.
      checks: { eval: false, bundlerTimings: false },
      // oidc-provider tells its models apart by the names of their classes.
      output: {
        // Node's built-in modules are half as long in coming to CommonJS: ES modules get every export of theirs made ready.
        format: 'cjs',
        // As ES modules are, and as the sources are tested: else a write to what is frozen would be ignored in silence.
        strict: true,
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
        keepNames: true,
        codeSplitting: { groups: [{ name: 'core', test: core }] },
      },
    },
  },
  ssr: { noExternal: true, external: ['keytar', 'electron'], target: 'node' },
  logLevel: 'warn',
});
