export const settingsName = 'settings.json';

/** Goes up with every change of the file's shape that an older Latchkey would not understand. */
export const settingsVersion = 2;
