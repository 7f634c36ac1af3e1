import { expect, it } from 'vitest';
import { TransferRate } from './transfer-rate.js';

it('averages the bytes since the download began or was resumed', () => {
  let nowMs = 1000;
  const rate = new TransferRate({ nowMs: () => nowMs });
  expect(rate.of(40_000_000, 240_000_000)).toBeUndefined();
  nowMs += 1999;
  expect(rate.of(44_000_000, 240_000_000)).toBeUndefined();
  nowMs = 5000;
  expect(rate.of(48_000_000, 240_000_000)).toEqual({ megabytesPerSecond: 2, left: [1, 36] });
  expect(rate.of(48_000_000, undefined)).toBeUndefined();
  // The download from the next mirror starts from the beginning.
  expect(rate.of(0, 240_000_000)).toBeUndefined();
  nowMs = 9000;
  expect(rate.of(4_000_000, 240_000_000)).toEqual({ megabytesPerSecond: 1, left: [3, 56] });
});
