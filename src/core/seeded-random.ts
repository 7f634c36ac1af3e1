/** A number from 0 up to, but not including, 1. */
export type Random = () => number;

/** An integer from 0 to 2^32 - 1. */
export type RandomBits = () => number;

/** xoshiro128** by Blackman and Vigna. Its state is four words from `seed`. Not for secrets. */
export function xoshiro128(seed: RandomBits): RandomBits {
  let a = seed();
  let b = seed();
  let c = seed();
  let d = seed();
  return () => {
    const scrambled = Math.imul(rotate(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return scrambled >>> 0;
  };
}

/**
 * The same seed and `stream` name give the same numbers in every run. Each `stream` is independent of the others.
 * splitmix32 turns the seed into the first state.
 */
export function seededRandom(seed: number, stream = ''): Random {
  let mix = seed >>> 0;
  for (let at = 0; at < stream.length; at++) mix = Math.imul(mix ^ stream.charCodeAt(at), 0x01000193) >>> 0;
  const bits = xoshiro128(() => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  });
  return () => bits() / 2 ** 32;
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

export function uniform(random: Random, from: number, to: number): number {
  return from + (to - from) * random();
}

/**
 * Normally distributed. A value outside `from` to `to` is drawn again. After 100 draws, returns the mean, limited to
 * the range.
 */
export function normalWithin(random: Random, mean: number, deviation: number, from: number, to: number): number {
  for (let attempt = 0; attempt < 100; attempt++) {
    // The Box-Muller transform. `1 - random()` is never 0.
    const value = mean + deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    if (value >= from && value <= to) return value;
  }
  return Math.min(to, Math.max(from, mean));
}

/** Throws if the list is empty. */
export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}
