import { expect, it } from 'vitest';
import { OggDecoder } from './ogg-decoder.js';
import { OggReader } from './ogg.js';
import { writeOggOpus } from './ogg-opus.js';
import { OpusEncoder } from './opus.js';

function tone(packets: number): readonly { readonly bytes: Uint8Array; readonly ms: number }[] {
  const encoder = new OpusEncoder({
    rateHz: 16_000,
    application: 'audio',
    complexity: 0,
    bitrate: 24_000,
    dtx: false,
  });
  return Array.from({ length: packets }, (_, packet) => ({
    bytes: encoder.encode(
      Int16Array.from({ length: 960 }, (__, n) => 8000 * Math.sin((2 * Math.PI * 440 * (packet * 960 + n)) / 16_000)),
    ),
    ms: 60,
  }));
}

it('writes an Ogg file that decodes to the same sound and length', async () => {
  const packets = tone(50);
  const file = writeOggOpus(packets, { rateHz: 16_000, serial: 7 });
  const decoder = await OggDecoder.create();
  const heard = decoder.push(file);
  decoder.end();
  const seconds = heard.length / (decoder.rateHz ?? 0);
  expect(seconds).toBeGreaterThan(2.95);
  expect(seconds).toBeLessThan(3.01);
  const loud = Math.sqrt(heard.reduce((sum, sample) => sum + sample * sample, 0) / heard.length);
  expect(loud).toBeGreaterThan(0.1);
  decoder.close();
});

it('returns every packet unchanged, including long ones and single bytes', () => {
  const sizes = [1, 254, 255, 256, 510, 1275, 3];
  const packets = Array.from({ length: 300 }, (_, n) => ({
    bytes: new Uint8Array(sizes[n % sizes.length] ?? 1).fill(n % 256),
    ms: 20,
  }));
  const read = new OggReader().push(writeOggOpus(packets, { rateHz: 24_000, serial: 0xffff_ffff }));
  expect(read.slice(2).map(({ bytes }) => Buffer.from(bytes).toString('hex'))).toEqual(
    packets.map(({ bytes }) => Buffer.from(bytes).toString('hex')),
  );
});

/** Returns the pages of the file. Each checksum is also computed again, bit by bit. */
function pagesOf(file: Uint8Array): { position: bigint; flags: number; stated: number; computed: number }[] {
  const bytes = Buffer.from(file);
  const pages = [];
  for (let at = 0; at < bytes.length;) {
    const segments = bytes[at + 26] ?? 0;
    const length = 27 + segments + bytes.subarray(at + 27, at + 27 + segments).reduce((sum, lacing) => sum + lacing, 0);
    const page = Buffer.from(bytes.subarray(at, at + length));
    const stated = page.readUInt32LE(22);
    page.writeUInt32LE(0, 22);
    let crc = 0;
    for (const byte of page)
      for (let bit = 7; bit >= 0; bit--) {
        const top = ((crc >>> 31) & 1) ^ ((byte >>> bit) & 1);
        crc = ((crc << 1) ^ (top === 1 ? 0x04c1_1db7 : 0)) >>> 0;
      }
    pages.push({ position: page.readBigUInt64LE(6), flags: page[5] ?? 0, stated, computed: crc });
    at += length;
  }
  return pages;
}

it('writes pages of one second with correct checksums and positions, and marks the first and the last', () => {
  const pages = pagesOf(writeOggOpus(tone(50), { rateHz: 16_000, serial: 7 }));
  for (const { stated, computed } of pages) expect(stated).toBe(computed);
  expect(pages.map(({ flags }) => flags)).toEqual([2, 0, 0, 0, 4]);
  expect(pages.map(({ position }) => Number(position) / 48)).toEqual([0, 0, 1020, 2040, 3000]);
});
