import { createHash } from 'node:crypto';

export interface ImageShape {
  /** Version in the image's description. Without it, the image has no description. */
  readonly version?: string | undefined;
  readonly project?: string;
  /** Value of `esp_chip_id_t`; 9 is esp32s3. */
  readonly chipId?: number;
  /** Sizes of the two segments, in bytes. */
  readonly segmentBytes?: readonly [number, number];
  /** Makes images of the same version differ, so that their hashes differ, too. */
  readonly build?: string;
  readonly hashed?: boolean;
}

/**
 * Makes an application image that is built like a real one, with header, segments, checksum and hash. It cannot run.
 */
export function firmwareImage(shape: ImageShape = {}): Buffer {
  const { version, project = 'xiaozhi', chipId = 9, segmentBytes = [4096, 1000], build = 'a', hashed = true } = shape;
  const header = Buffer.alloc(24);
  header.writeUInt8(0xe9, 0);
  header.writeUInt8(2, 1);
  header.writeUInt16LE(chipId, 12);
  header.writeUInt8(hashed ? 1 : 0, 23);
  const segments = segmentBytes.map((bytes, i) => {
    const data = Buffer.alloc(bytes, `${build}${i}`);
    if (i === 0 && version !== undefined) describe(data, version, project, build);
    const head = Buffer.alloc(8);
    head.writeUInt32LE(0x3c00_0020 + i * 0x1000, 0);
    head.writeUInt32LE(bytes, 4);
    return { head, data };
  });
  const body = Buffer.concat([header, ...segments.flatMap(({ head, data }) => [head, data])]);
  const padding = Buffer.alloc(15 - (body.length % 16));
  const checksum = segments.reduce((sum, { data }) => data.reduce((acc, byte) => acc ^ byte, sum), 0xef);
  const image = Buffer.concat([body, padding, Buffer.from([checksum])]);
  return hashed ? Buffer.concat([image, createHash('sha256').update(image).digest()]) : image;
}

/** The hash by which a device with this image reports its program. */
export function elfSha256Of(build: string): string {
  return createHash('sha256').update(`elf ${build}`).digest('hex');
}

/** Writes the description, in the form of `esp_app_desc_t`. */
function describe(data: Buffer, version: string, project: string, build: string): void {
  data.fill(0, 0, 256);
  data.writeUInt32LE(0xabcd_5432, 0);
  data.write(version, 16, 31, 'latin1');
  data.write(project, 48, 31, 'latin1');
  data.write('v5.5.1', 112, 31, 'latin1');
  Buffer.from(elfSha256Of(build), 'hex').copy(data, 144);
}
