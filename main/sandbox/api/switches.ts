import type { Switches } from '../contract.ts';
import type { SwitchName } from '../switches.ts';

/** A switch's value of the expected kind. Throws for a wrong kind: a fault of the sandbox itself, not of a request. */
export function numberSwitch(switches: Switches, name: SwitchName): number {
  const value = switches[name];
  if (typeof value !== 'number') throw new TypeError(`switch ${name} is not a number`);
  return value;
}

export function flagSwitch(switches: Switches, name: SwitchName): boolean {
  const value = switches[name];
  if (typeof value !== 'boolean') throw new TypeError(`switch ${name} is neither true nor false`);
  return value;
}

export function wordSwitch(switches: Switches, name: SwitchName): string {
  const value = switches[name];
  if (typeof value !== 'string') throw new TypeError(`switch ${name} is not a word`);
  return value;
}
