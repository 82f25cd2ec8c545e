import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { thirdParty } from './scripts/third-party.ts';

/**
 * Builds the screen into `out/renderer`. Both doors serve it under a policy without inline scripts, inline styles and
 * data: addresses, so nothing here may produce one. The target holds for Electron 45's Chromium and for the browsers of
 * the last year, which the browser door meets.
 */
export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true, css: 'external' } }), thirdParty()],
  build: {
    target: ['chrome140', 'firefox140', 'safari18.4'],
    outDir: '../out/renderer',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
    // A slow machine is no fault.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  server: { host: '127.0.0.1' },
  logLevel: 'warn',
});
