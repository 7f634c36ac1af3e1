import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChorusError } from '../core/index.js';
import { concatFloat, floatToInt16 } from './pcm.js';
import { parseWav, WavDecoder, type WavSound, writeWav } from './wav.js';

const sound = fc.record({
  rateHz: fc.constantFrom(8000, 16_000, 22_050, 24_000, 48_000),
  pcm: fc.array(fc.integer({ min: -32_768, max: 32_767 }), { maxLength: 300 }).map((values) => Int16Array.from(values)),
});

interface Chunk {
  readonly id: string;
  readonly body: Uint8Array;
  /** Length announced in the header, if it differs from the real one. */
  readonly length?: number;
}

function riff(chunks: readonly Chunk[], kind = 'WAVE'): Uint8Array {
  const parts: number[] = [...Buffer.from('RIFF'), 0xff, 0xff, 0xff, 0xff, ...Buffer.from(kind)];
  for (const { id, body, length } of chunks) {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(length ?? body.length);
    parts.push(...Buffer.from(id), ...size, ...body, ...(body.length % 2 ? [0] : []));
  }
  return Uint8Array.from(parts);
}

function format(kind: number, channels: number, rateHz: number, bits: number): Chunk {
  const body = Buffer.alloc(16);
  body.writeUInt16LE(kind, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(rateHz, 4);
  body.writeUInt16LE(bits, 14);
  return { id: 'fmt ', body };
}

function attempt(fn: () => unknown): unknown {
  try {
    return fn();
  } catch (error) {
    return error;
  }
}

describe('WAV', () => {
  it('reads what it wrote, in chunks of any size', () => {
    fc.assert(
      fc.property(sound, fc.integer({ min: 1, max: 97 }), ({ rateHz, pcm }, pieceBytes) => {
        const file = writeWav({ rateHz, pcm });
        expect(parseWav(file)).toEqual({ rateHz, pcm });
        const decoder = new WavDecoder();
        const out: Float32Array[] = [];
        const reused = new Uint8Array(pieceBytes);
        for (let at = 0; at < file.length; at += pieceBytes) {
          const piece = file.subarray(at, at + pieceBytes);
          reused.set(piece);
          out.push(decoder.push(reused.subarray(0, piece.length)));
        }
        decoder.end();
        expect(floatToInt16(concatFloat(out))).toEqual(pcm);
      }),
    );
  });

  it('skips other chunks, even of odd length, and ignores data after the sound', () => {
    const file = riff([
      { id: 'LIST', body: Uint8Array.of(1, 2, 3) },
      format(1, 1, 16_000, 16),
      { id: 'fact', body: new Uint8Array(4) },
      { id: 'data', body: Uint8Array.of(1, 0, 2, 0) },
      { id: 'LIST', body: new Uint8Array(20).fill(7) },
    ]);
    expect(parseWav(file)).toEqual({ rateHz: 16_000, pcm: Int16Array.of(1, 2) });
  });

  it.each([0, 0xffff_ffff, 0x7fff_ffff])('reads a stream of unknown length (%i) to its end', (length) => {
    const file = riff([format(1, 1, 24_000, 16), { id: 'data', body: Uint8Array.of(1, 0, 2, 0, 3, 0), length }]);
    expect(parseWav(file).pcm).toEqual(Int16Array.of(1, 2, 3));
  });

  it('keeps the sound of a truncated file', () => {
    const file = riff([format(1, 1, 24_000, 16), { id: 'data', body: Uint8Array.of(1, 0, 2, 0, 3, 0), length: 1000 }]);
    expect(parseWav(file.subarray(0, -1)).pcm).toEqual(Int16Array.of(1, 2));
  });

  it.each([
    [1, 8, Uint8Array.of(192, 64), Int16Array.of(16_384, -16_384)],
    [1, 24, Uint8Array.of(0, 0, 0x40, 0, 0, 0xc0), Int16Array.of(16_384, -16_384)],
    [1, 32, Uint8Array.of(0, 0, 0, 0x40), Int16Array.of(16_384)],
    [3, 32, new Uint8Array(Float32Array.of(0.5, Number.NaN).buffer), Int16Array.of(16_384, 0)],
  ])('reads format %i with %i bits', (kind, bits, body, pcm) => {
    expect(parseWav(riff([format(kind, 1, 16_000, bits), { id: 'data', body }])).pcm).toEqual(pcm);
  });

  it('mixes channels', () => {
    expect(parseWav(riff([format(1, 2, 16_000, 16), { id: 'data', body: Uint8Array.of(100, 0, 200, 0) }])).pcm).toEqual(
      Int16Array.of(150),
    );
  });

  it.each([
    ['an MP3 file', new TextEncoder().encode('ID3 and so on')],
    ['nothing', new Uint8Array(0)],
    ['another RIFF', riff([], 'AVI ')],
    ['no format', riff([{ id: 'data', body: new Uint8Array(4) }])],
    ['A-law', riff([format(6, 1, 8000, 8), { id: 'data', body: new Uint8Array(4) }])],
    ['no channels', riff([format(1, 0, 8000, 16), { id: 'data', body: new Uint8Array(4) }])],
    ['an endless header', riff([{ id: 'JUNK', body: new Uint8Array(10), length: 4_000_000 }])],
  ])('refuses %s by a typed error', (_what, file) => {
    expect(() => parseWav(file)).toThrow(expect.objectContaining({ code: 'audio.undecodable' }));
  });

  it('returns sound or a typed error for any bytes', () => {
    const damaged = fc
      .tuple(sound, fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 255 })), { maxLength: 6 }))
      .map(([{ rateHz, pcm }, edits]) => {
        const file = writeWav({ rateHz, pcm });
        for (const [at, value] of edits) if (at < file.length) file[at] = value;
        return file;
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), (file) => {
        const outcome = attempt(() => parseWav(file));
        expect(outcome instanceof ChorusError || (outcome as WavSound).pcm instanceof Int16Array).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
