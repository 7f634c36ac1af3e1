/**
 * Whether the firmware can parse the version. Other text causes a boot loop, and so does a number that is too large for
 * `std::stoi` (docs/protocol.md 1.2).
 */
export function isFirmwareVersion(version: string): boolean {
  return version === '' || /^\d{1,9}(\.\d{1,9}){0,7}$/.test(version);
}

/**
 * Compares like the firmware, number by number. If all common numbers are equal, the longer version is newer, so
 * `2.4.0` is newer than `2.4` (docs/protocol.md 1.2). Both must satisfy {@link isFirmwareVersion}.
 */
export function isNewerFirmware(current: string, offered: string): boolean {
  const [now, next] = [partsOf(current), partsOf(offered)];
  for (const [i, part] of next.entries()) {
    const other = now[i];
    if (other === undefined) return true;
    if (part !== other) return part > other;
  }
  return false;
}

/** Whether the firmware considers the versions equal, for example `2.04` and `2.4`. */
export function isSameFirmware(a: string, b: string): boolean {
  return !isNewerFirmware(a, b) && !isNewerFirmware(b, a);
}

function partsOf(version: string): readonly number[] {
  return version === '' ? [] : version.split('.').map(Number);
}
