import { defineConfig } from 'vite';
import { thirdParty } from './scripts/third-party.ts';

/**
 * What `latchkey token` needs with a valid session, in one file: finding and reading twenty small ones would take longer
 * than running them.
 */
const core =
  /main\/(cli\/(terminal|token-shortcut|print-token|context|output|life)|console|home|clock|lock|entry-points|connections\/(connection|connections|settings|endpoints)|http\/(deferred|seam|endpoint-url)|providers\/(catalogue|registry|provider|cautions|[\w-]+\/(entry|profile))|sessions\/(access|sessions|session|stored-session|status)|vault\/(keychain[\w-]*|parts|queue|secrets|keytar\/calls|keytar\/helper-calls|dbus\/[\w-]+))\.ts|preload\/errors\.ts|node_modules\/valibot\//;

/**
 * Bundles the doors and the helpers they start into `out/main`, flat, so that a helper is found beside whoever starts
 * it (main/entry-points.ts). Everything is bundled but keytar, which is native, and Electron itself.
 */
export default defineConfig({
  define: { LATCHKEY_BUILT: 'true' },
  plugins: [thirdParty()],
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
