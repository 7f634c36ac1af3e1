import { createHash } from 'node:crypto';
import { ChorusError, type ErrorDetails } from '../../core/index.js';

/** Properties that an application image states about itself (ESP-IDF "App Image Format"). */
export interface FirmwareImage {
  readonly sizeBytes: number;
  /** As devices report it in `chip_model_name`. Undefined for an unknown chip id. */
  readonly chip: string | undefined;
  /** Undefined if the image has no description (`esp_app_desc_t`) or names no version. */
  readonly version: string | undefined;
  readonly project: string | undefined;
  /** 64 hexadecimal digits. */
  readonly elfSha256: string | undefined;
}

export interface ImageSource {
  readonly sizeBytes: number;
  /** Reads exactly `length` bytes. The range must be within the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Why a file is not an application image. */
export type ImageFault = 'too_large' | 'magic' | 'segments' | 'truncated' | 'trailing' | 'checksum' | 'hash';

/** The largest update slot in the firmware's own partition tables (32 MB of flash, partitions/v1/32m.csv). */
export const LARGEST_SLOT_BYTES = 12 * 1024 * 1024;

/** Update slots in the firmware's partition tables: 8 MB of flash, 16 MB (v2), 16 MB (v1), 32 MB (v1). */
export const COMMON_SLOTS_BYTES = [3, 4, 6, 12].map((mb) => mb * 1024 * 1024);

const MAGIC = 0xe9;
const HEADER_BYTES = 24;
const SEGMENT_HEADER_BYTES = 8;
const SEGMENTS_MAX = 16;
const CHECKSUM_SEED = 0xef;
const HASH_BYTES = 32;
const DESCRIPTION_BYTES = 256;
const DESCRIPTION_MAGIC = 0xabcd5432;
/** Secure boot V2 appends a sector of this size with signatures. V1 appends 68 bytes. */
const SIGNATURE_SECTOR_BYTES = 4096;
const SIGNATURE_MAGIC = 0xe7;
const SIGNATURE_V1_BYTES = 68;
/** Bytes checked at a time. A megabyte takes about a millisecond, which conversations do not notice. */
const PIECE_BYTES = 256 * 1024;

/** Chips by their `esp_chip_id_t`. */
const CHIPS: Readonly<Record<number, string>> = {
  0x0000: 'esp32',
  0x0002: 'esp32s2',
  0x0005: 'esp32c3',
  0x0009: 'esp32s3',
  0x000c: 'esp32c2',
  0x000d: 'esp32c6',
  0x0010: 'esp32h2',
  0x0012: 'esp32p4',
  0x0014: 'esp32c61',
  0x0017: 'esp32c5',
};

/** Checks the image like `esp_ota_end`. Error: `firmware.invalid`, with an {@link ImageFault} in `details.fault`. */
export async function readImage(source: ImageSource): Promise<FirmwareImage> {
  const { sizeBytes } = source;
  if (sizeBytes > LARGEST_SLOT_BYTES)
    throw fault(
      'too_large',
      `the file has ${sizeBytes} bytes, and no board has room for more than ${LARGEST_SLOT_BYTES}`,
      { bytes: sizeBytes, max: LARGEST_SLOT_BYTES },
    );
  const header = view(await source.read(0, Math.min(HEADER_BYTES, sizeBytes)));
  if (header.byteLength === 0 || header.getUint8(0) !== MAGIC)
    throw fault('magic', 'the file does not begin with the mark of an ESP32 application (0xE9)');
  if (header.byteLength < HEADER_BYTES) throw fault('truncated', 'the file ends within the header');
  const segments = header.getUint8(1);
  if (segments === 0 || segments > SEGMENTS_MAX)
    throw fault('segments', `the header names ${segments} segments, which cannot be`);
  const { endBytes, checksum } = await walkSegments(source, segments);
  // The image is padded to a multiple of 16 bytes. The last byte is the checksum.
  const sumAt = endBytes + (15 - (endBytes % 16));
  if (sumAt >= sizeBytes) throw fault('truncated', 'the file ends before the checksum of the image');
  const [sum] = await source.read(sumAt, 1);
  if (sum !== checksum) throw fault('checksum', 'the checksum of the image is wrong: the file is damaged');
  const hashed = header.getUint8(23) === 1;
  const imageBytes = sumAt + 1 + (hashed ? HASH_BYTES : 0);
  if (imageBytes > sizeBytes) throw fault('truncated', 'the file ends within the hash of the image');
  if (hashed) await checkHash(source, sumAt + 1);
  await checkRest(source, imageBytes);
  return { sizeBytes, chip: CHIPS[header.getUint16(12, true)], ...(await readDescription(source)) };
}

async function walkSegments(
  source: ImageSource,
  count: number,
): Promise<{ readonly endBytes: number; readonly checksum: number }> {
  let at = HEADER_BYTES;
  let checksum = CHECKSUM_SEED;
  for (let i = 0; i < count; i++) {
    if (at + SEGMENT_HEADER_BYTES > source.sizeBytes)
      throw fault('truncated', `the file ends before segment ${i + 1} of ${count}`);
    const lengthBytes = view(await source.read(at, SEGMENT_HEADER_BYTES)).getUint32(4, true);
    at += SEGMENT_HEADER_BYTES;
    if (at + lengthBytes > source.sizeBytes)
      throw fault('truncated', `the file ends within segment ${i + 1} of ${count}`);
    for await (const piece of pieces(source, at, at + lengthBytes)) for (const byte of piece) checksum ^= byte;
    at += lengthBytes;
  }
  return { endBytes: at, checksum };
}

async function checkHash(source: ImageSource, hashAt: number): Promise<void> {
  const hash = createHash('sha256');
  for await (const piece of pieces(source, 0, hashAt)) hash.update(piece);
  if (!hash.digest().equals(await source.read(hashAt, HASH_BYTES)))
    throw fault('hash', 'the hash of the image is wrong: the file is damaged');
}

/** Only signatures may follow. Other bytes mean a copy of the whole flash, which begins with the boot loader. */
async function checkRest(source: ImageSource, imageBytes: number): Promise<void> {
  const rest = source.sizeBytes - imageBytes;
  if (rest === 0 || rest === SIGNATURE_V1_BYTES) return;
  const sectorAt = Math.ceil(imageBytes / SIGNATURE_SECTOR_BYTES) * SIGNATURE_SECTOR_BYTES;
  const signed =
    source.sizeBytes === sectorAt + SIGNATURE_SECTOR_BYTES && (await source.read(sectorAt, 1))[0] === SIGNATURE_MAGIC;
  if (!signed)
    throw fault(
      'trailing',
      `${rest} bytes stand behind the image; is this a file for the whole flash ` +
        '(merged-binary.bin)? The one for updates is xiaozhi.bin',
      { bytes: rest },
    );
}

async function readDescription(source: ImageSource): Promise<Pick<FirmwareImage, 'version' | 'project' | 'elfSha256'>> {
  const nothing = { version: undefined, project: undefined, elfSha256: undefined };
  const at = HEADER_BYTES + SEGMENT_HEADER_BYTES;
  if (at + DESCRIPTION_BYTES > source.sizeBytes) return nothing;
  const bytes = await source.read(at, DESCRIPTION_BYTES);
  if (view(bytes).getUint32(0, true) !== DESCRIPTION_MAGIC) return nothing;
  const elf = Buffer.from(bytes.subarray(144, 144 + HASH_BYTES)).toString('hex');
  return {
    version: textAt(bytes, 16, 32),
    project: textAt(bytes, 48, 32),
    elfSha256: /^0+$/.test(elf) ? undefined : elf,
  };
}

function textAt(bytes: Uint8Array, at: number, length: number): string | undefined {
  const text =
    Buffer.from(bytes.subarray(at, at + length))
      .toString('latin1')
      .split('\0', 1)[0] ?? '';
  return /^[\x20-\x7e]+$/.test(text) ? text : undefined;
}

async function* pieces(source: ImageSource, from: number, to: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; at += PIECE_BYTES) yield await source.read(at, Math.min(PIECE_BYTES, to - at));
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fault(kind: ImageFault, message: string, details: ErrorDetails = {}): ChorusError {
  return new ChorusError('firmware.invalid', message, { details: { fault: kind, ...details } });
}
