import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elfSha256Of, firmwareImage } from '../../../test/fakes/firmware-image.js';
import { LARGEST_SLOT_BYTES, readImage, type FirmwareImage, type ImageSource } from './image.js';

function sourceOf(bytes: Uint8Array): ImageSource {
  return {
    sizeBytes: bytes.byteLength,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > bytes.byteLength)
        throw new RangeError(`read ${offset}+${length} of ${bytes.byteLength}`);
      return Promise.resolve(bytes.subarray(offset, offset + length));
    },
  };
}
const read = (bytes: Uint8Array): Promise<FirmwareImage> => readImage(sourceOf(bytes));
const faultOf = (bytes: Uint8Array): Promise<unknown> =>
  read(bytes).then(
    () => 'none',
    (error: { code?: unknown; details?: { fault?: unknown } }) =>
      error.code === 'firmware.invalid' ? error.details?.fault : error,
  );

describe('application images', () => {
  it('show chip, version, project and the hash of the program', async () => {
    const bytes = firmwareImage({ version: '2.4.3', build: 'x' });
    expect(await read(bytes)).toEqual({
      sizeBytes: bytes.length,
      chip: 'esp32s3',
      version: '2.4.3',
      project: 'xiaozhi',
      elfSha256: elfSha256Of('x'),
    });
    expect(await read(firmwareImage({ version: '1', chipId: 5, hashed: false }))).toMatchObject({
      chip: 'esp32c3',
      version: '1',
    });
  });

  it('have no version without a description, and no chip if its id is unknown', async () => {
    expect(await read(firmwareImage({ chipId: 0x77 }))).toMatchObject({
      chip: undefined,
      version: undefined,
      project: undefined,
      elfSha256: undefined,
    });
    expect(await read(firmwareImage({ segmentBytes: [16, 4] }))).toMatchObject({ version: undefined });
  });

  it('are the only accepted files; for any other file, the error says what is wrong', async () => {
    const bytes = firmwareImage({ version: '2.4.3' });
    const changed = (at: number, value: number): Buffer => {
      const copy = Buffer.from(bytes);
      copy[at] = value;
      return copy;
    };
    expect(await faultOf(Buffer.alloc(0))).toBe('magic');
    expect(await faultOf(Buffer.from('<html>no firmware here</html>'))).toBe('magic');
    expect(await faultOf(Buffer.from([0xe9]))).toBe('truncated');
    expect(await faultOf(changed(1, 0))).toBe('segments');
    expect(await faultOf(changed(1, 17))).toBe('segments');
    expect(await faultOf(changed(2000, 1))).toBe('checksum');
    // Byte 2 is the flash mode. The checksum does not cover the header, so only the hash differs.
    expect(await faultOf(changed(2, 3))).toBe('hash');
    expect(await faultOf(Buffer.alloc(LARGEST_SLOT_BYTES + 1, 0xe9))).toBe('too_large');
  });

  it('are distinguished from a whole-flash file, which has much data after its first image', async () => {
    const merged = Buffer.concat([
      firmwareImage({ version: undefined }),
      Buffer.alloc(60_000, 0xff),
      firmwareImage({ version: '2.4.3' }),
    ]);
    expect(await faultOf(merged)).toBe('trailing');
    expect(await faultOf(Buffer.concat([firmwareImage({ version: '2.4.3' }), Buffer.alloc(1)]))).toBe('trailing');
  });

  it('may be followed by signatures', async () => {
    const bytes = firmwareImage({ version: '2.4.3' });
    expect(await read(Buffer.concat([bytes, Buffer.alloc(68, 1)]))).toMatchObject({ version: '2.4.3' });
    const sector = Buffer.alloc(4096, 0xff);
    sector[0] = 0xe7;
    expect(await read(Buffer.concat([bytes, Buffer.alloc(4096 - (bytes.length % 4096)), sector]))).toMatchObject({
      version: '2.4.3',
    });
  });

  it('are refused if they are cut off or changed anywhere, without a read beyond the end', async () => {
    const bytes = firmwareImage({ version: '2.4.3' });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, mask) => {
          expect(await faultOf(bytes.subarray(0, at))).not.toBe('none');
          const damaged = Buffer.from(bytes);
          damaged[at] = (damaged[at] ?? 0) ^ mask;
          expect(typeof (await faultOf(damaged))).toBe('string');
          expect(await faultOf(damaged)).not.toBe('none');
        },
      ),
      { numRuns: 200 },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (noise) => {
        expect(typeof (await faultOf(Uint8Array.from([0xe9, ...noise])))).toBe('string');
      }),
    );
  });
});
