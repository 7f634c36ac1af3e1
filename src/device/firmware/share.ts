import { createHash } from 'node:crypto';

/** 48 bits: exact in a double, and fine enough for any fleet. */
const HASH_HEX_DIGITS = 12;
const HASH_RANGE = 2 ** 48;

/**
 * Where a device stands in the order in which it gets a release: a fixed place from 0 to below 1, another for each release, so that it is
 * not always the same devices that go first. It belongs to a share when its place is below it; a larger share only adds devices.
 */
export function placeOf(releaseId: string, deviceId: string): number {
  const digits = createHash('sha256').update(`${releaseId}|${deviceId}`).digest('hex').slice(0, HASH_HEX_DIGITS);
  return Number.parseInt(digits, 16) / HASH_RANGE;
}
