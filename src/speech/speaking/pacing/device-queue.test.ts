import { expect, it } from 'vitest';
import { deviceQueueLimit } from './device-queue.js';

it.each([
  [undefined, 16],
  ['', 16],
  ['main', 16],
  // Only a number at the beginning of the text is read as a version.
  ['v1.5.9', 16],
  ['build 2.4.2', 16],
  ['1.5.9', 4],
  ['0.9.9', 4],
  ['1.6.0', 30],
  ['1.10.2', 30],
  ['2.0.0', 30],
  ['2.4.2', 30],
  ['2.5.0', 16],
  ['2.10', 16],
  ['3.0.0', 16],
])('firmware %s may hold %i packets (checklist 48)', (firmwareVersion, limit) => {
  expect(deviceQueueLimit({ firmwareVersion, board: 'bread-compact-wifi', boards: {} })).toBe(limit);
});

it('lets the configuration override the limit by board', () => {
  const boards = { 'tiny-board': 8, broken: 0 };
  expect(deviceQueueLimit({ firmwareVersion: '2.4.2', board: 'tiny-board', boards })).toBe(8);
  expect(deviceQueueLimit({ firmwareVersion: '2.4.2', board: 'broken', boards })).toBe(1);
  expect(deviceQueueLimit({ firmwareVersion: '2.4.2', board: 'toString', boards })).toBe(30);
  expect(deviceQueueLimit({ firmwareVersion: '2.4.2', board: undefined, boards })).toBe(30);
});
