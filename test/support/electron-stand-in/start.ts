/**
 * Runs the built desktop door on the stand-in: `node start.ts FILE`. Tells its parent where Chromium's DevTools are, then
 * runs the functions that the parent sends, each with this `electron` (as `evaluate` of Playwright's Electron does).
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import * as electron from './electron.ts';

const standIn = new URL('./electron.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: 'stand-in:electron', shortCircuit: true } : next(specifier, context),
  load: (url, context, next) =>
    url === 'stand-in:electron'
      ? {
          format: 'module',
          shortCircuit: true,
          source: `export * from '${standIn}'; import * as electron from '${standIn}'; export default electron;`,
        }
      : next(url, context),
});

process.on('message', ({ id, source, argument }: { id: number; source: string; argument: unknown }) => {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a function of our own tests
  const run = new Function('electron', 'argument', `return (${source})(electron, argument)`) as (
    ...given: unknown[]
  ) => unknown;
  Promise.resolve()
    .then(() => run(electron, argument))
    .then(
      (value) => process.send?.({ id, value }),
      (error: unknown) => process.send?.({ id, error: String(error) }),
    );
});

// Whoever started us has gone.
process.on('disconnect', () => electron.app.exit(1));

await import(pathToFileURL(process.argv[2] ?? '').href);
electron.moduleHasRun();
process.send?.({ endpoint: (await electron.chromium).endpoint });
