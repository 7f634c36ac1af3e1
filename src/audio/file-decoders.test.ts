import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlacDecoder } from './flac.js';
import { OggDecoder } from './ogg-decoder.js';
import { concatBytes, concatFloat } from './pcm.js';

// Each fixture is 1.5 s of a 440 Hz tone at half of full scale, in stereo.

const fixture = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(`../../test/fixtures/${name}`, import.meta.url)));

const create = (name: string): Promise<FlacDecoder | OggDecoder> =>
  name.endsWith('.flac') ? FlacDecoder.create() : OggDecoder.create();

async function decode(name: string, bytes: Uint8Array, chunkBytes: number) {
  const decoder = await create(name);
  try {
    const parts: Float32Array[] = [];
    for (let at = 0; at < bytes.length; at += chunkBytes) parts.push(decoder.push(bytes.subarray(at, at + chunkBytes)));
    if ('tail' in decoder) parts.push(decoder.tail());
    decoder.end();
    return { samples: concatFloat(parts), rateHz: decoder.rateHz ?? 0 };
  } finally {
    decoder.close();
  }
}

/** Counts upward zero crossings in the middle second. */
function frequencyHz(samples: Float32Array, rateHz: number): number {
  const from = Math.round(rateHz / 4);
  let crossings = 0;
  for (let i = from; i < from + rateHz; i++) if ((samples[i] ?? 0) < 0 && (samples[i + 1] ?? 0) >= 0) crossings++;
  return crossings;
}

describe.each([
  ['tone.flac', 44_100],
  ['tone.ogg', 44_100],
  ['tone.opus', 24_000],
] as const)('%s', (name, rateHz) => {
  it('decodes to the tone for any size of the chunks', async () => {
    const bytes = await fixture(name);
    const whole = await decode(name, bytes, bytes.length);
    expect(whole.rateHz).toBe(rateHz);
    expect(Math.abs(whole.samples.length / rateHz - 1.5)).toBeLessThan(0.05);
    expect(Math.abs(frequencyHz(whole.samples, rateHz) - 440)).toBeLessThan(3);
    const loudest = whole.samples.subarray(rateHz / 4, rateHz).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    expect(loudest).toBeGreaterThan(0.45);
    expect(loudest).toBeLessThan(0.55);
    for (const chunkBytes of [61, 1000]) {
      const { samples } = await decode(name, bytes, chunkBytes);
      // Comparing single floats would take seconds.
      expect(Buffer.from(samples.buffer).equals(Buffer.from(whole.samples.buffer))).toBe(true);
    }
  });

  it('ends with an error or with sound if it is damaged, cut or another format', async () => {
    const bytes = await fixture(name);
    const other = expect.objectContaining({ code: 'audio.undecodable' });
    await expect(decode(name, new TextEncoder().encode('<html>'.repeat(100)), 64)).rejects.toEqual(other);
    await expect(decode(name, bytes.subarray(0, 20), 64)).rejects.toEqual(other);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 50 }), async (at, noise) => {
        const broken = concatBytes([bytes.subarray(0, at), noise, bytes.subarray(at + noise.length)]);
        const outcome = await decode(name, broken, 4096).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toEqual(other);
      }),
      { numRuns: 30 },
    );
  });
});

it('an Ogg station continues with the next song, which is its own stream', async () => {
  const bytes = await fixture('tone.opus');
  const next = bytes.slice();
  for (let at = 0; at < next.length;) {
    next[at + 14] = (next[at + 14] ?? 0) ^ 0x55;
    const segments = next[at + 26] ?? 0;
    at += 27 + segments + next.subarray(at + 27, at + 27 + segments).reduce((sum, lacing) => sum + lacing, 0);
  }
  const { samples } = await decode('tone.opus', concatBytes([bytes, next]), 1000);
  expect(Math.abs(samples.length / 24_000 - 3)).toBeLessThan(0.1);
});

it('pictures before FLAC frames are skipped', async () => {
  const bytes = await fixture('tone.flac');
  const picture = new Uint8Array(4 + 100_000);
  picture.set([6, 1, 0x86, 0xa0]);
  const info = bytes.slice(0, 42);
  info[4] = 0;
  const wasLast = ((bytes[4] ?? 0) & 0x80) !== 0;
  if (wasLast) picture[0] = 0x86;
  const { samples } = await decode('tone.flac', concatBytes([info, picture, bytes.subarray(42)]), 5000);
  const plain = await decode('tone.flac', bytes, 5000);
  expect(Buffer.from(samples.buffer).equals(Buffer.from(plain.samples.buffer))).toBe(true);
});

it('FLAC without frames contains no sound', async () => {
  const head = (await fixture('tone.flac')).slice(0, 42);
  head[4] = (head[4] ?? 0) | 0x80;
  await expect(decode('tone.flac', head, 42)).rejects.toMatchObject({ code: 'audio.undecodable' });
});

it('FLAC that states too short a length for its frames is refused at once', async () => {
  const bytes = await fixture('tone.flac');
  bytes.set([0, 0, 1], 15);
  await expect(decode('tone.flac', bytes, 1000)).rejects.toMatchObject({ code: 'audio.undecodable' });
});
