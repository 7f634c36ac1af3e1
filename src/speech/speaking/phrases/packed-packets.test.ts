import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packedBytes, packPackets, unpackPackets } from './packed-packets.js';

it('returns packets unchanged', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 400 }), { maxLength: 20 }), (packets) => {
      const packed = packPackets(packets);
      expect(packed.byteLength).toBe(packedBytes(packets));
      expect(unpackPackets(packed)).toEqual(packets);
    }),
  );
});

it.each([
  ['half a length', [0]],
  ['an empty packet', [0, 0]],
  ['a packet that is cut off', [0, 3, 1, 2]],
  ['a packet larger than Opus has', [0xff, 0xff, ...Array.from({ length: 0xffff }, () => 1)]],
])('%s is refused', (_what, bytes) => {
  expect(() => unpackPackets(Buffer.from(bytes))).toThrow(RangeError);
});
