/** Set by the bundler (vite.main.config.ts); from source it does not exist. */
declare const LATCHKEY_BUILT: boolean | undefined;

const built = typeof LATCHKEY_BUILT !== 'undefined';

/** Files that are started rather than imported: beside this one when bundled, in their rooms from source. */
export const directoryWorker = new URL(
  built ? './directory-worker.js' : './directory/worker.ts',
  import.meta.url,
);
export const xlsxWorker = new URL(built ? './xlsx-worker.js' : './exports/xlsx-worker.ts', import.meta.url);
export const keytarHelper = new URL(
  built ? './keytar-helper.js' : './vault/keytar/helper.ts',
  import.meta.url,
);

/** The built screen and the desktop's preload; both are built also when the core runs from source. */
export const screenFolder = new URL(built ? '../renderer/' : '../out/renderer/', import.meta.url);
export const preloadFile = new URL(
  built ? '../preload/desktop.cjs' : '../out/preload/desktop.cjs',
  import.meta.url,
);
