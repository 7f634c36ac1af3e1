import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loudnessOf } from '../../../../test/fakes/sound.js';
import { concatBytes, concatFloat, int16ToFloat, OpusDecoder, SPEAK_RATE_HZ, writeWav } from '../../../audio/index.js';
import { encodeRecording } from './encode-recording.js';

const ENCODING = { opus: { complexity: 0, bitrate: 32_000 }, trailingMs: 0 };
const unreadable = (message: string): object => ({
  code: 'recording.unreadable',
  message: expect.stringContaining(message) as string,
});

const fixture = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(`../../../../test/fixtures/${name}`, import.meta.url)));
const encode = (bytes: Uint8Array): Promise<readonly Uint8Array[]> => encodeRecording(bytes, ENCODING);

function wav(seconds: number, amplitude = 3000, rateHz = 16_000): Uint8Array {
  return writeWav({
    rateHz,
    pcm: Int16Array.from({ length: rateHz * seconds }, (_, at) => amplitude * Math.sin(at / 10)),
  });
}

function heard(packets: readonly Uint8Array[]): Float32Array {
  const decoder = new OpusDecoder(SPEAK_RATE_HZ);
  return concatFloat(
    packets.map((packet) => {
      const decoded = decoder.decode(packet);
      if (!decoded.ok) throw new Error(decoded.reason);
      return int16ToFloat(decoded.pcm);
    }),
  );
}

describe('a recording', () => {
  it.each([
    ['tone.flac', 1.5],
    ['tone.ogg', 1.5],
    ['tone.opus', 1.5],
    ['austen-0880.mp3', 0],
  ])('%s is recognised by its first bytes, and becomes as loud as speech', async (name, seconds) => {
    const sound = heard(await encode(await fixture(name)));
    if (seconds > 0) expect(Math.abs(sound.length / SPEAK_RATE_HZ - seconds)).toBeLessThan(0.15);
    else expect(sound.length / SPEAK_RATE_HZ).toBeGreaterThan(1);
    expect(Math.abs(loudnessOf(sound, SPEAK_RATE_HZ) + 18)).toBeLessThan(2);
  });

  it('may be a WAV of any rate, and is made louder if it is quiet', async () => {
    for (const rateHz of [8_000, 48_000]) {
      const sound = heard(await encode(wav(2, 300, rateHz)));
      expect(Math.abs(sound.length / SPEAK_RATE_HZ - 2)).toBeLessThan(0.15);
      expect(Math.abs(loudnessOf(sound, SPEAK_RATE_HZ) + 18)).toBeLessThan(2);
    }
  });

  it('is refused if it is empty, silent, or in another format', async () => {
    await expect(encode(new Uint8Array(0))).rejects.toMatchObject(unreadable('empty'));
    await expect(encode(wav(1, 0))).rejects.toMatchObject(unreadable('no sound'));
    await expect(encode(wav(0))).rejects.toMatchObject(unreadable('no sound'));
    for (const other of ['<html>hello</html>', '%PDF-1.7', 'RIFF\0\0\0\0AVI LIST', '\u00ff\u00f1AAC'])
      await expect(encode(Buffer.from(other, 'latin1'))).rejects.toMatchObject(unreadable('not WAV, MP3, Ogg or FLAC'));
  });

  it('is refused if it is longer than a minute, even if its file is small', async () => {
    const minute = await encodeRecording(wav(60, 3000, 8_000), { ...ENCODING, trailingMs: 250 });
    expect((minute.length * 60) / 1000).toBeGreaterThanOrEqual(60);
    await expect(encode(wav(61, 3000, 8_000))).rejects.toMatchObject({ code: 'recording.too_long' });
  });

  it('is either played or refused with a recording error if its file is damaged or cut', async () => {
    const files = [
      wav(0.3),
      ...(await Promise.all(['tone.flac', 'tone.ogg', 'tone.opus', 'austen-0880.mp3'].map(fixture))),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files.map((file) => file.subarray(0, 12_000))),
        fc.nat(12_000),
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        fc.boolean(),
        async (file, place, noise, cut) => {
          const at = place % file.length;
          const rest = cut ? new Uint8Array(0) : file.subarray(at + noise.length);
          const outcome = await encode(concatBytes([file.subarray(0, at), noise, rest])).catch(
            (error: unknown) => error,
          );
          if (outcome instanceof Error)
            expect(outcome).toMatchObject({ code: expect.stringMatching(/^recording\./) as string });
          else expect(outcome).not.toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
    for (const file of files.slice(1)) {
      const noise = Uint8Array.from({ length: 20_000 }, (_, at) => (at * 7919) % 251);
      await expect(encode(concatBytes([file.subarray(0, 4), noise]))).rejects.toMatchObject({
        code: 'recording.unreadable',
      });
    }
  });
});
