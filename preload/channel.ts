/** The one IPC channel of the desktop door, the same name in both directions. What travels on it is preload/contract.ts. */
export const channel = 'latchkey';
