import { defineConfig } from 'vite';

/** Bundles the desktop's preload into one CommonJS file: a sandboxed preload can require nothing but Electron's own. */
export default defineConfig({
  build: {
    ssr: true,
    target: 'chrome140',
    outDir: 'out/preload',
    emptyOutDir: true,
    minify: false,
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { desktop: 'preload/desktop.ts' },
      external: ['electron'],
      output: { format: 'cjs', entryFileNames: '[name].cjs' },
    },
  },
  ssr: { noExternal: true, external: ['electron'], target: 'node' },
  logLevel: 'warn',
});
