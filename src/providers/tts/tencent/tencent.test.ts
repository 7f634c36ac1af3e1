import { expect, it } from 'vitest';
import { speedOf } from './tencent.js';

it.each([
  [0.5, -2],
  [0.6, -2],
  [0.8, -1],
  [1, 0],
  [1.25, 1],
  [1.5, 2],
  [2, 4],
  [3, 6],
])('converts %d times normal speed to %d on the scale of the service', (rate, speed) => {
  expect(speedOf(rate)).toBe(speed);
});
