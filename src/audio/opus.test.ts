import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpusDecoder, OpusEncoder, type OpusEncoderOptions, type OpusRateHz } from './opus.js';

const DEVICE: OpusEncoderOptions = { rateHz: 16_000, application: 'audio', complexity: 0, bitrate: 'auto', dtx: true };

function tone(samples: number, rateHz: number, hz = 440): Int16Array {
  return Int16Array.from({ length: samples }, (_, i) => Math.round(8000 * Math.sin((2 * Math.PI * hz * i) / rateHz)));
}

function decoded(decoder: OpusDecoder, packet: Uint8Array): Int16Array {
  const result = decoder.decode(packet);
  if (!result.ok) throw new Error(result.reason);
  return result.pcm;
}

function frames(pcm: Int16Array, samples: number): Int16Array[] {
  return Array.from({ length: Math.floor(pcm.length / samples) }, (_, i) =>
    pcm.subarray(i * samples, (i + 1) * samples),
  );
}

describe('Opus', () => {
  it.each<OpusRateHz>([16_000, 24_000])('carries a tone at %d Hz, delayed by its look-ahead', (rateHz) => {
    const encoder = new OpusEncoder({ ...DEVICE, rateHz, dtx: false });
    const decoder = new OpusDecoder(rateHz);
    const input = tone(rateHz, rateHz);
    const output = frames(input, (rateHz * 60) / 1000).flatMap((frame) => [...decoded(decoder, encoder.encode(frame))]);
    const lag = encoder.lookaheadSamples;
    let dot = 0;
    let inEnergy = 0;
    let outEnergy = 0;
    for (let i = rateHz / 10; i + lag < output.length; i++) {
      dot += input[i]! * output[i + lag]!;
      inEnergy += input[i]! ** 2;
      outEnergy += output[i + lag]! ** 2;
    }
    expect(dot / Math.sqrt(inEnergy * outEnergy)).toBeGreaterThan(0.99);
  });

  it('encodes silence as packets of at most two bytes with the duration of a frame', () => {
    const encoder = new OpusEncoder(DEVICE);
    const decoder = new OpusDecoder(16_000);
    const packets = Array.from({ length: 20 }, () => encoder.encode(new Int16Array(960)));
    const tiny = packets.filter((packet) => packet.length <= 2);
    expect(tiny.length).toBeGreaterThan(10);
    for (const packet of packets) expect(decoded(decoder, packet)).toHaveLength(960);
  });

  it('refuses empty, oversized and foreign packets, and continues', () => {
    const encoder = new OpusEncoder(DEVICE);
    const decoder = new OpusDecoder(16_000);
    const good = encoder.encode(tone(960, 16_000));
    expect(decoder.decode(new Uint8Array(0))).toEqual({ ok: false, reason: 'empty packet' });
    expect(decoder.decode(new Uint8Array(5000))).toEqual({ ok: false, reason: 'packet too large' });
    expect(decoder.decode(new Uint8Array([0xff, 0xff])).ok).toBe(false);
    expect(decoded(decoder, good)).toHaveLength(960);
  });

  it('accepts any bytes, with at most 120 ms per packet', () => {
    const decoder = new OpusDecoder(16_000);
    const samplesOf = (packet: Uint8Array): number => {
      const result = decoder.decode(packet);
      return result.ok ? result.pcm.length : 0;
    };
    const property = fc.property(fc.uint8Array({ maxLength: 400 }), (packet) => samplesOf(packet) <= 1920);
    expect(() => fc.assert(property, { numRuns: 2000 })).not.toThrow();
  });

  it('decodes after reset as a new decoder does', () => {
    const encoder = new OpusEncoder(DEVICE);
    const packets = frames(tone(9600, 16_000), 960).map((frame) => encoder.encode(frame));
    const used = new OpusDecoder(16_000);
    for (const packet of packets) used.decode(packet);
    used.reset();
    const fresh = new OpusDecoder(16_000);
    for (const packet of packets) expect(decoded(used, packet)).toEqual(decoded(fresh, packet));
  });

  it('encodes after reset as a new encoder does', () => {
    const input = frames(tone(9600, 16_000), 960);
    const used = new OpusEncoder(DEVICE);
    for (const frame of input) used.encode(frame);
    used.reset();
    const fresh = new OpusEncoder(DEVICE);
    for (const frame of input) expect(used.encode(frame)).toEqual(fresh.encode(frame));
  });

  it('refuses a frame of a duration that Opus does not have', () => {
    expect(() => new OpusEncoder(DEVICE).encode(new Int16Array(961))).toThrow(RangeError);
  });
});
