import { ChorusError } from '../../core/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';

interface Named {
  readonly deviceId: string;
  readonly name?: string | undefined;
}

/** Fewest hexadecimal digits of a partial MAC address. */
const LEAST_DIGITS = 2;

/**
 * Finds a device by its name or MAC address. The beginning or end of an address is enough if only one device has it.
 * Errors: `device.unknown`, `device.ambiguous`.
 */
export function findDevice<T extends Named>(devices: readonly T[], text: string): T {
  const id = parseDeviceId(text);
  const found = id === undefined ? byNameOrPart(devices, text) : devices.filter(({ deviceId }) => deviceId === id);
  const [first, second] = found;
  if (!first) throw new ChorusError('device.unknown', `no device goes by ${text}`, { details: { name: text } });
  if (second) {
    const known = found.map(({ deviceId, name }) => (name === undefined ? deviceId : `${deviceId} ${name}`)).join(', ');
    throw new ChorusError('device.ambiguous', `several devices go by ${text}: ${known}`, {
      details: { name: text, known },
    });
  }
  return first;
}

/**
 * Matches names and addresses. `*` stands for any text, and case is ignored. Error: `device.unknown` if no device
 * matches.
 */
export function matchingDevices<T extends Named>(devices: readonly T[], pattern: string): readonly T[] {
  const parts = folded(pattern)
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const wanted = new RegExp(`^${parts.join('.*')}$`, 'su');
  const found = devices.filter(({ deviceId, name = '' }) => wanted.test(deviceId) || wanted.test(folded(name)));
  if (found.length === 0)
    throw new ChorusError('device.unknown', `no device goes by ${pattern}`, { details: { name: pattern } });
  return found;
}

function byNameOrPart<T extends Named>(devices: readonly T[], text: string): readonly T[] {
  const wanted = folded(text);
  const named = devices.filter(({ name }) => name !== undefined && folded(name) === wanted);
  if (named.length > 0) return named;
  const digits = text.replaceAll(/[\s:_-]/g, '').toLowerCase();
  if (digits.length < LEAST_DIGITS || !/^[0-9a-f]+$/.test(digits)) return [];
  return devices.filter(({ deviceId }) => {
    const address = deviceId.replaceAll(':', '');
    return address.startsWith(digits) || address.endsWith(digits);
  });
}

function folded(text: string): string {
  return text.trim().normalize('NFC').toLowerCase();
}
