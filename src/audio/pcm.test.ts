import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesToInt16, concatInt16, floatToInt16, int16ToBytes, int16ToFloat, mixToMono, rmsDbfs } from './pcm.js';

const samples = fc
  .array(fc.integer({ min: -32_768, max: 32_767 }), { maxLength: 200 })
  .map((values) => Int16Array.from(values));

it('converts to floats, to bytes and back without loss', () => {
  fc.assert(
    fc.property(samples, fc.nat({ max: 3 }), (pcm, offset) => {
      expect(floatToInt16(int16ToFloat(pcm))).toEqual(pcm);
      const buffer = new Uint8Array(pcm.byteLength + offset);
      buffer.set(int16ToBytes(pcm), offset);
      expect(bytesToInt16(buffer.subarray(offset))).toEqual(pcm);
    }),
  );
});

it('saturates instead of wrapping', () => {
  expect([...floatToInt16(Float32Array.of(1.5, -1.5, 1, -1, 0))]).toEqual([32_767, -32_768, 32_767, -32_768, 0]);
});

it('joins, mixes and measures', () => {
  expect(concatInt16([Int16Array.of(1), new Int16Array(0), Int16Array.of(2, 3)])).toEqual(Int16Array.of(1, 2, 3));
  expect(mixToMono([Float32Array.of(1, 0), Float32Array.of(0, 0.5)])).toEqual(Float32Array.of(0.5, 0.25));
  expect(mixToMono([])).toHaveLength(0);
  expect(rmsDbfs(new Int16Array(10))).toBe(-Infinity);
  expect(rmsDbfs(Float32Array.of(0.1, -0.1))).toBeCloseTo(-20, 5);
  expect(rmsDbfs(Int16Array.of(16_384, -16_384))).toBeCloseTo(-6.02, 2);
});
