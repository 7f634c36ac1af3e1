import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { align, identical } from '../../test/fakes/sound.js';
import { clip, random } from '../../test/fixtures/speech.js';
import { ChorusError } from '../core/index.js';
import { Mp3Decoder } from './mp3.js';
import { returnDecoder, takeDecoder } from './mp3-pool.js';
import { concatFloat, int16ToFloat } from './pcm.js';
import { resampleInt16 } from './resample.js';

/** Encoded by `lame -b 48 --resample 24 -m m`, the format of the Edge voices. */
const MP3 = new Uint8Array(readFileSync(new URL('../../test/fixtures/austen-0880.mp3', import.meta.url)));

// The library prints decoding errors.
beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined));
afterEach(() => void vi.restoreAllMocks());

async function decode(
  bytes: Uint8Array,
  pieceBytes: number,
): Promise<{ samples: Float32Array; rateHz: number | undefined }> {
  const decoder = await Mp3Decoder.create();
  try {
    const out: Float32Array[] = [];
    for (let at = 0; at < bytes.length; at += pieceBytes) out.push(decoder.push(bytes.subarray(at, at + pieceBytes)));
    decoder.end();
    return { samples: concatFloat(out), rateHz: decoder.rateHz };
  } finally {
    decoder.close();
  }
}

function noise(bytes: number, seed: number): Uint8Array {
  const next = random(seed);
  return Uint8Array.from({ length: bytes }, () => Math.floor(next() * 256));
}

describe('MP3', () => {
  it('decodes speech to its last frame', async () => {
    const { samples, rateHz } = await decode(MP3, 720);
    expect(rateHz).toBe(24_000);
    const source = int16ToFloat(await resampleInt16(clip('austen-0880'), 16_000, 24_000));
    expect(samples.length).toBeGreaterThanOrEqual(source.length);
    expect(align(concatFloat([samples, new Float32Array(4800)]), source, 4800).correlation).toBeGreaterThan(0.98);
  });

  it.each([1, 13, 4096, 1e6])('decodes to the same samples in pieces of %i bytes', async (pieceBytes) => {
    expect(identical((await decode(MP3, pieceBytes)).samples, (await decode(MP3, 720)).samples)).toBe(true);
  });

  it('skips an ID3 tag, even a long one', async () => {
    const tag = new Uint8Array(10 + 20_000);
    tag.set(new TextEncoder().encode('ID3'));
    tag.set([4, 0, 0, 0, 1, 28, 32], 3);
    const tagged = new Uint8Array(tag.length + MP3.length);
    tagged.set(tag);
    tagged.set(MP3, tag.length);
    expect(identical((await decode(tagged, 720)).samples, (await decode(MP3, 720)).samples)).toBe(true);
  });

  it('refuses noise, HTML pages and empty input', async () => {
    for (let seed = 1; seed <= 8; seed++)
      await expect(decode(noise(40_000, seed), 1000)).rejects.toMatchObject({ code: 'audio.undecodable' });
    await expect(decode(new TextEncoder().encode('{"error":"unauthorized"}'), 720)).rejects.toMatchObject({
      code: 'audio.undecodable',
    });
    await expect(decode(new Uint8Array(0), 720)).rejects.toMatchObject({ code: 'audio.undecodable' });
  });

  it('returns sound or a typed error if the middle is damaged', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const damaged = MP3.slice();
      damaged.set(noise(600, seed), 6000 + seed * 100);
      const outcome = await decode(damaged, 720).then(
        ({ samples }) => samples.length,
        (error: unknown) => error,
      );
      expect(
        typeof outcome === 'number'
          ? outcome > 20_000
          : outcome instanceof ChorusError && outcome.code === 'audio.undecodable',
      ).toBe(true);
    }
  });

  it('decodes a stream like a new decoder after any earlier stream', async () => {
    const first = (await decode(MP3, 720)).samples;
    for (const bytes of [500, 3333, 12_000]) {
      const left = await Mp3Decoder.create();
      left.push(MP3.subarray(0, bytes));
      left.close();
      left.close();
      expect(identical((await decode(MP3, 720)).samples, first)).toBe(true);
    }
    const [one, other] = await Promise.all([decode(MP3, 720), decode(MP3, 1000)]);
    expect(identical(one.samples, first) && identical(other.samples, first)).toBe(true);
  });

  it('does not reuse the decoder of an aborted stream', async () => {
    const broken = await Mp3Decoder.create();
    const kept = await takeDecoder();
    returnDecoder(kept);
    broken.push(MP3.subarray(0, 5000));
    broken.close();
    const next = await takeDecoder();
    expect(next === kept).toBe(true);
    returnDecoder(next);
  });

  it('frees its memory', async () => {
    await decode(MP3, 4000);
    const beforeBytes = process.memoryUsage().external;
    for (let i = 0; i < 60; i++) await decode(MP3, 4000);
    // One decoder reserves 17 MB, so sixty leaked decoders would take 1 GB.
    expect(process.memoryUsage().external - beforeBytes).toBeLessThan(400e6);
  });
});
