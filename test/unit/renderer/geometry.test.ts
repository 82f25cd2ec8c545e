import { expect, test } from 'vitest';
import {
  type Geometry,
  type Position,
  heightOf,
  offsetOf,
  revealing,
  rowsAt,
  scrolledTo,
} from '../../../renderer/lists/geometry.ts';

const top: Position = { top: 0, row: 0 };
const short: Geometry = { total: 1000, rowHeight: 32, view: 640, tallest: 33_000_000 };
const tall: Geometry = { total: 3_000_000, rowHeight: 32, view: 640, tallest: 33_000_000 };

test('a list that fits is as tall as its rows, and shows them where they stand', () => {
  expect(heightOf(short)).toBe(32_000);
  const position = scrolledTo(short, top, 3200);
  expect(position).toEqual({ top: 3200, row: 100 });
  expect(rowsAt(short, position)).toEqual({ first: 97, end: 123 });
  expect(offsetOf(short, position, 100)).toBe(3200);
});

test('no element is taller than the browser allows', () => {
  expect(heightOf(tall)).toBe(33_000_000);
});

test('beyond that height a small movement still moves row by row', () => {
  const position = scrolledTo(tall, { top: 10_000_000, row: 909_000 }, 10_000_320);
  expect(position.row).toBe(909_010);
  expect(offsetOf(tall, position, 909_010)).toBe(position.top);
});

test('beyond that height the ends are the first and the last row, whatever was scrolled before', () => {
  expect(scrolledTo(tall, { top: 500, row: 40 }, 0)).toEqual({ top: 0, row: 0 });
  const end = scrolledTo(tall, { top: 32_990_000, row: 2_000_000 }, 33_000_000);
  expect(rowsAt(tall, end).end).toBe(3_000_000);
  expect(offsetOf(tall, end, 2_999_999) + 32).toBe(33_000_000);
});

test('beyond that height a large movement moves in proportion', () => {
  const position = scrolledTo(tall, top, 16_499_680);
  expect(Math.round(position.row)).toBe(1_499_990);
});

test.each([short, tall])(
  'a row is revealed whole, moving as little as possible ($total rows)',
  (geometry) => {
    expect(revealing(geometry, top, 5)).toBe(top);
    expect(revealing(geometry, top, 19)).toBe(top);
    const below = revealing(geometry, top, 20);
    expect(below.row).toBe(1);
    expect(offsetOf(geometry, below, 20)).toBeCloseTo(below.top + 640 - 32, 6);
    expect(revealing(geometry, { top: 3200, row: 100 }, 50).row).toBe(50);
    const last = revealing(geometry, top, geometry.total - 1);
    expect(last.row).toBe(geometry.total - 20);
  },
);

test('an empty list has no rows and no height', () => {
  const empty = { ...short, total: 0 };
  expect(heightOf(empty)).toBe(0);
  expect(rowsAt(empty, scrolledTo(empty, top, 100))).toEqual({ first: 0, end: 0 });
});

test('a list that shrank below where it stood shows its end', () => {
  const { first, end } = rowsAt({ ...short, total: 10 }, { top: 3200, row: 100 });
  expect(end).toBe(10);
  expect(first).toBeLessThanOrEqual(end);
});
