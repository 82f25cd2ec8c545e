import electronUpdater from 'electron-updater';
import type { Updater } from './updates.ts';

/** electron-updater's updater of this platform. Loaded only when a person asks for updates. */
export const updater = (): Updater => electronUpdater.autoUpdater;
