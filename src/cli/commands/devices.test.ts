import { expect, it } from 'vitest';
import { sameName } from './devices.js';

const device = (deviceId: string, name?: string, board = 'esp-box-3') => ({ deviceId, name, board, browser: false });
const ALL = [
  device('02:00:00:00:00:01', 'Class 3 left'),
  device('02:00:00:00:00:02', 'class 3 right'),
  device('02:00:00:00:00:03', undefined, 'bread-compact'),
  { ...device('02:00:00:00:00:04', 'class 3'), browser: true },
];

it('notices that two devices have the same name', () => {
  expect(sameName(ALL, device('02:00:00:00:00:09', 'CLASS 3 right '))?.deviceId).toBe('02:00:00:00:00:02');
  expect(sameName(ALL, ALL[1]!)).toBeUndefined();
  expect(sameName(ALL, ALL[2]!)).toBeUndefined();
});
