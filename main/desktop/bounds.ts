import type { Rectangle } from 'electron';
import * as v from 'valibot';

/** What the window looked like when it was closed. */
export interface WindowState {
  readonly bounds: Rectangle | null;
  readonly maximized: boolean;
}

export const smallest = { width: 720, height: 480 } as const;
const usual = { width: 1280, height: 820 } as const;

const whole = v.pipe(v.number(), v.integer());
const stateSchema = v.object({
  bounds: v.nullable(v.object({ x: whole, y: whole, width: whole, height: whole })),
  maximized: v.boolean(),
});

/** What was kept; anything that is not of the right shape counts as nothing. */
export function readWindowState(kept: unknown): WindowState {
  const parsed = v.safeParse(stateSchema, kept);
  return parsed.success ? parsed.output : { bounds: null, maximized: false };
}

/**
 * Where to put the window: as it was, moved and shrunk into the display's work area, since displays change between two
 * starts and a window that nobody can reach looks like a program that does not start.
 */
export function fitBounds(kept: Rectangle | null, area: Rectangle): Rectangle {
  const wanted = kept ?? usual;
  const width = Math.min(Math.max(wanted.width, smallest.width), area.width);
  const height = Math.min(Math.max(wanted.height, smallest.height), area.height);
  const x = kept?.x ?? area.x + Math.round((area.width - width) / 2);
  const y = kept?.y ?? area.y + Math.round((area.height - height) / 2);
  return {
    x: Math.min(Math.max(x, area.x), area.x + area.width - width),
    y: Math.min(Math.max(y, area.y), area.y + area.height - height),
    width,
    height,
  };
}
