import type { WyomingEvent } from './event.js';

/** Format of the audio in `audio-start` and `audio-chunk`, 16 bit, little endian. */
export interface WyomingFormat {
  readonly rateHz: number;
  readonly channels: 1 | 2;
}

const BYTES = 2;

/** Throws for formats that are not used for speech. */
export function formatOf({ data }: WyomingEvent): WyomingFormat {
  const { rate, width, channels } = data;
  if (typeof rate !== 'number' || !Number.isInteger(rate) || rate < 8_000 || rate > 48_000)
    throw new RangeError('a sample rate outside 8 to 48 kHz');
  if (width !== BYTES) throw new RangeError('samples that are not of 16 bits');
  if (channels !== 1 && channels !== 2) throw new RangeError('neither one channel nor two');
  return { rateHz: rate, channels };
}

export const sameFormat = (a: WyomingFormat, b: WyomingFormat): boolean =>
  a.rateHz === b.rateHz && a.channels === b.channels;

/** Mixes two channels. Throws if the bytes end within a sample. */
export function monoOf(payload: Uint8Array, { channels }: WyomingFormat): Uint8Array {
  if (payload.byteLength % (BYTES * channels) !== 0) throw new RangeError('audio that ends in the middle of a sample');
  if (channels === 1) return payload;
  const both = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const mono = Buffer.alloc(both.length / 2);
  for (let at = 0; at < both.length; at += 4)
    mono.writeInt16LE((both.readInt16LE(at) + both.readInt16LE(at + 2)) >> 1, at / 2);
  return mono;
}

export const monoFormat = (rateHz: number): Readonly<Record<string, unknown>> => ({
  rate: rateHz,
  width: BYTES,
  channels: 1,
});
