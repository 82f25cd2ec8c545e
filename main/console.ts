import { type Console, type ConsoleParts, createServices } from './console/services.ts';

export type { Console, ConsoleParts } from './console/services.ts';

/**
 * The composition root: builds the services from the parts a door has, and hands them to it. Nothing below knows which
 * door it serves, and nothing is started or read before it is asked for.
 */
export function createConsole(parts: ConsoleParts): Console {
  return createServices(parts);
}
