import { describe, expect, it } from 'vitest';
import { findDevice, matchingDevices } from './device-name.js';

const DEVICES = [
  { deviceId: 'a0:85:e3:f4:49:34', name: '厨房' },
  { deviceId: 'a0:85:e3:f4:49:35', name: 'Bedroom' },
  { deviceId: '02:c0:5e:00:00:01', name: undefined },
  { deviceId: '02:c0:5e:00:f4:01', name: 'bedroom' },
  { deviceId: 'ff:ff:ff:ff:ff:ca', name: 'cafe' },
  { deviceId: '11:22:33:44:ca:fe', name: undefined },
];
const found = (text: string): string => {
  try {
    return findDevice(DEVICES, text).deviceId;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('findDevice', () => {
  it('finds a device by its address in any spelling', () => {
    for (const text of ['a0:85:e3:f4:49:34', 'A0-85-E3-F4-49-34', ' a0_85_e3_f4_49_34 '])
      expect(found(text)).toBe('a0:85:e3:f4:49:34');
    expect(found('a0:85:e3:f4:49:99')).toBe('device.unknown');
  });

  it('finds a device by the beginning or end of its address, if no other device has the same', () => {
    expect(found('49:34')).toBe('a0:85:e3:f4:49:34');
    expect(found('4934')).toBe('a0:85:e3:f4:49:34');
    expect(found('1122')).toBe('11:22:33:44:ca:fe');
    expect(found('a085')).toBe('device.ambiguous');
    expect(found('01')).toBe('device.ambiguous');
    expect(found('4')).toBe('device.unknown');
    expect(found('e3f4')).toBe('device.unknown');
    expect(found('')).toBe('device.unknown');
  });

  it('finds a device by its name, which takes precedence over a part of an address', () => {
    expect(found('厨房')).toBe('a0:85:e3:f4:49:34');
    expect(found('CAFE ')).toBe('ff:ff:ff:ff:ff:ca');
    expect(found('bedroom')).toBe('device.ambiguous');
    expect(found('bed')).toBe('device.unknown');
  });

  it('names the candidates if several devices have the name', () => {
    expect(() => findDevice(DEVICES, 'bedroom')).toThrow(
      'several devices go by bedroom: a0:85:e3:f4:49:35 Bedroom, 02:c0:5e:00:f4:01 bedroom',
    );
  });
});

describe('matchingDevices', () => {
  it('finds all devices whose name or address matches, ignoring case; the pattern is no regular expression', () => {
    const ids = (pattern: string): readonly string[] =>
      matchingDevices([...DEVICES, { deviceId: '33:33:33:33:33:33', name: 'Room (4.b) left' }], pattern).map(
        ({ deviceId }) => deviceId,
      );
    expect(ids('BED*')).toEqual(['a0:85:e3:f4:49:35', '02:c0:5e:00:f4:01']);
    expect(ids('02:c0:5e:*')).toEqual(['02:c0:5e:00:00:01', '02:c0:5e:00:f4:01']);
    expect(ids('room (4.b)*')).toEqual(['33:33:33:33:33:33']);
    expect(ids('*')).toHaveLength(7);
    expect(() => ids('room (4xb)*')).toThrow('no device goes by');
    expect(() => ids('bed')).toThrow('no device goes by');
  });
});
