import { expect, it } from 'vitest';
import { WaitingCodes } from './waiting-codes.js';

it('a network that keeps asking loses its own codes, and no codes of other networks', () => {
  const codes = new WaitingCodes(10);
  codes.add('192.168.1.5', 'honest', 'c', 600);
  let asked = 0;
  for (const network of ['203.0.113', '198.51.100', '2001:db8:1', '192.0.2'])
    for (let host = 1; host <= 5; host++) {
      const address = network.includes(':') ? `${network}:${host}::1` : `${network}.${host}`;
      const room = codes.roomFor(address, 0);
      if (room === 'full') continue;
      if (room !== 'free') {
        expect(room.deviceId).not.toBe('honest');
        codes.drop(room.deviceId, room.clientId);
      }
      codes.add(address, `attacker ${++asked}`, 'c', 600);
    }
  expect(codes.roomFor('192.168.1.6', 0)).toMatchObject({ deviceId: expect.stringContaining('attacker') as string });
  expect(codes.roomFor('203.0.113.99', 0)).toBe('full');
  expect(codes.roomFor('203.0.113.99', 600)).toBe('free');
});

it('a device that asks again still has only one code', () => {
  const codes = new WaitingCodes(2);
  for (let times = 0; times < 5; times++) codes.add('10.0.0.1', 'd', 'c', 600 + times);
  expect(codes.roomFor('10.0.0.2', 0)).toBe('free');
});
