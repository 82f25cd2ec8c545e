import manifest from '../package.json' with { type: 'json' };

/** Latchkey's own version (package.json). */
export const version: string = manifest.version;
