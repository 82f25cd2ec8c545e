import manifest from '../package.json' with { type: 'json' };

/** Latchkey's own version (package.json). */
export const version: string = manifest.version;

/** Where people get Latchkey and read about it (package.json). */
export const homepage: string = manifest.homepage;
