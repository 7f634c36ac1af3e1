import { type RandomBits, xoshiro128 } from '../../../core/index.js';
import type { TensorData } from './onnx/index.js';

/** The disk writes chunks of this size fast. Generating a chunk blocks the event loop for only a millisecond. */
const CHUNK_BYTES = 256 * 1024;

/** The same seed gives the same model. */
export class SeededRandom {
  /** Next integer from 0 to 2^32 - 1. */
  readonly nextUint32: RandomBits;

  constructor(seed: number) {
    // SplitMix32 spreads neighbouring seeds over the whole state. Its constants must not change, so that written files
    // stay identical byte for byte.
    let x = seed >>> 0;
    this.nextUint32 = xoshiro128(() => {
      x = (x + 0x9e3779b9) >>> 0;
      let z = x;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return (z ^ (z >>> 16)) >>> 0;
    });
  }

  /** Both bounds are included. */
  integer(min: number, max: number): number {
    return min + Math.floor((this.nextUint32() / 2 ** 32) * (max - min + 1));
  }

  /** Normally distributed numbers of mean 0 (Box and Muller). */
  normals(length: number, deviation: number): Float32Array {
    const values = new Float32Array(length);
    for (let i = 0; i < length; i += 2) {
      const radius = deviation * Math.sqrt(-2 * Math.log((this.nextUint32() + 1) / 2 ** 32));
      const angle = (2 * Math.PI * this.nextUint32()) / 2 ** 32;
      values[i] = radius * Math.cos(angle);
      if (i + 1 < length) values[i + 1] = radius * Math.sin(angle);
    }
    return values;
  }
}

/** A quantised normal distribution. 16 random bits choose one of the bytes. */
export type ByteTable = Uint8Array;

const TABLE_SIZE = 65_536;

/**
 * Table of the bytes `clip(round(N(0, deviation)) + zeroPoint)`. Each byte occurs in proportion to its probability,
 * rounded to 1/65,536.
 */
export function normalBytes(deviation: number, zeroPoint: number, least: number, most: number): ByteTable {
  const table = new Uint8Array(TABLE_SIZE);
  let value = -Math.ceil(deviation * 8);
  let upTo = cumulative((value + 0.5) / deviation);
  for (let i = 0; i < TABLE_SIZE; i++) {
    while (upTo < (i + 0.5) / TABLE_SIZE) {
      value += 1;
      upTo = cumulative((value + 0.5) / deviation);
    }
    table[i] = Math.max(least, Math.min(most, value + zeroPoint)) & 0xff;
  }
  return table;
}

/** The random bytes are drawn while the tensor is written. */
export function randomBytes(byteLength: number, table: ByteTable, seed: number): TensorData {
  return {
    byteLength,
    *chunks() {
      const { nextUint32 } = new SeededRandom(seed);
      const chunk = new Uint8Array(2 * Math.ceil(Math.min(byteLength, CHUNK_BYTES) / 2));
      for (let done = 0; done < byteLength; done += chunk.length) {
        for (let i = 0; i < chunk.length; i += 2) {
          const bits = nextUint32();
          chunk[i] = table[bits & 0xffff] ?? 0;
          chunk[i + 1] = table[bits >>> 16] ?? 0;
        }
        yield chunk.subarray(0, Math.min(chunk.length, byteLength - done));
      }
    },
  };
}

/** Normal distribution function (Abramowitz and Stegun 26.2.17, error below 7.5e-8). */
function cumulative(x: number): number {
  if (x < 0) return 1 - cumulative(-x);
  const t = 1 / (1 + 0.2316419 * x);
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}
