import { createHash } from 'node:crypto';
import type { DeviceIdentityClaim } from './ota-client.js';
import type { FleetOptions } from './run-options.js';

/** A firmware version whose decode queue has this many packets (docs/protocol.md 4.3), or the most common version. */
export function firmwareWithQueue(packets: number): string {
  return { 40: '2.4.2', 20: '2.5.0', 5: '1.5.0' }[packets] ?? '2.4.2';
}

/** Derives a locally administered MAC address from the device's number. */
export function fleetDeviceId(index: number): string {
  if (!Number.isInteger(index) || index < 0 || index > 0xff_ffff)
    throw new RangeError('a device number is 0 to 16777215');
  const hex = index.toString(16).padStart(6, '0');
  return `02:c0:5e:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4)}`;
}

/** Numbers of all devices of a fleet by device id. An interrupted run reports only some of them. */
export function fleetDevices({
  devices,
  firstDevice = 0,
}: Pick<FleetOptions, 'devices' | 'firstDevice'>): ReadonlyMap<string, number> {
  return new Map(Array.from({ length: devices }, (_, device) => [fleetDeviceId(firstDevice + device), device]));
}

/** Derives the MAC address and a UUID from the device's number alone. */
export function fleetIdentity(index: number, language: string, firmwareVersion = '2.4.2'): DeviceIdentityClaim {
  const deviceId = fleetDeviceId(index);
  const hash = createHash('sha256').update(deviceId).digest('hex');
  const clientId = hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-a$4-$5');
  return { deviceId, clientId, board: 'chorus-simulated', firmwareVersion, language };
}
