import { expect, test } from 'vitest';
import { fitBounds, readWindowState } from '../../../main/desktop/bounds.ts';

const area = { x: 0, y: 30, width: 1600, height: 970 };

test('a window that was nowhere yet stands in the middle', () => {
  expect(fitBounds(null, area)).toEqual({ x: 160, y: 105, width: 1280, height: 820 });
});

test('a window stands where it was', () => {
  const kept = { x: 200, y: 100, width: 900, height: 700 };
  expect(fitBounds(kept, area)).toEqual(kept);
});

test.each([
  ['to the right of all displays', { x: 5000, y: 100, width: 900, height: 700 }],
  ['above all displays', { x: 100, y: -5000, width: 900, height: 700 }],
  ['larger than the display', { x: -100, y: -100, width: 9000, height: 7000 }],
  ['too small to use', { x: 100, y: 100, width: 1, height: 1 }],
])('a window %s comes back whole', (_, kept) => {
  const { x, y, width, height } = fitBounds(kept, area);
  expect(x).toBeGreaterThanOrEqual(area.x);
  expect(y).toBeGreaterThanOrEqual(area.y);
  expect(x + width).toBeLessThanOrEqual(area.x + area.width);
  expect(y + height).toBeLessThanOrEqual(area.y + area.height);
  expect(width).toBeGreaterThanOrEqual(720);
  expect(height).toBeGreaterThanOrEqual(480);
});

test.each([undefined, null, 'text', {}, { bounds: { x: 'a' }, maximized: true }, { bounds: null }])(
  'what was kept of another shape (%j) counts as nothing',
  (kept) => expect(readWindowState(kept)).toEqual({ bounds: null, maximized: false }),
);
