import { gunzipSync } from 'node:zlib';

export const VOLCENGINE_KEYS: readonly string[] = ['VOLCENGINE_ACCESS_TOKEN', 'VOLC_ACCESS_TOKEN'];

export const VOLC_TYPE = { request: 1, audio: 2, answer: 9, error: 15 } as const;
export const VOLC_FLAG = { last: 2, event: 4 } as const;
export const VOLC_FORMAT = { raw: 0, json: 1 } as const;
/** Events that the voices and the realtime model share. */
export const VOLC_EVENT = {
  startConnection: 1,
  connectionStarted: 50,
  connectionFailed: 51,
  startSession: 100,
  finishSession: 102,
  sessionStarted: 150,
  sessionFinished: 152,
  sessionFailed: 153,
  speech: 352,
} as const;

/** A frame of Volcengine's speech services: four bytes of header, optional numbers, and a payload after its length. */
export interface VolcFrame {
  readonly type: number;
  readonly flags: number;
  /** A value of {@link VOLC_FORMAT}. */
  readonly serialization: number;
  /** All bytes after the header, including the numbers. */
  readonly rest: Buffer;
  readonly compressed: boolean;
}

/** Every real answer is smaller. */
const MAX_UNPACKED_BYTES = 4 * 1024 * 1024;

export function volcFrame(type: number, flags: number, serialization: number, ...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from([0x11, (type << 4) | flags, serialization << 4, 0]), ...parts]);
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export const sized = (bytes: Uint8Array): Buffer => Buffer.concat([int32(bytes.length), bytes]);

export function readVolcFrame(message: Uint8Array): VolcFrame {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const headerBytes = (bytes.readUInt8(0) & 0x0f) * 4;
  if (bytes.length < headerBytes || headerBytes < 4) throw new RangeError('not a frame');
  const second = bytes.readUInt8(1);
  const third = bytes.readUInt8(2);
  return {
    type: second >> 4,
    flags: second & 0x0f,
    serialization: third >> 4,
    compressed: (third & 0x0f) === 1,
    rest: bytes.subarray(headerBytes),
  };
}

export class VolcReader {
  #at = 0;

  constructor(private readonly frame: VolcFrame) {}

  int32(): number {
    const value = this.frame.rest.readInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  /** Reads a length and then this number of bytes. Decompresses the bytes if the frame is compressed. */
  sized(unpack = true): Buffer {
    const bytes = this.int32();
    const part = this.frame.rest.subarray(this.#at, this.#at + bytes);
    if (bytes < 0 || part.length < bytes) throw new RangeError('half a frame');
    this.#at += bytes;
    const packed = unpack && this.frame.compressed && part.length > 0;
    return packed ? gunzipSync(part, { maxOutputLength: MAX_UNPACKED_BYTES }) : part;
  }
}

export const volcHeaders = (
  { app_id: app, resource_id: resource }: { readonly app_id?: string | undefined; readonly resource_id: string },
  key: string | undefined,
  connectId: string,
): Readonly<Record<string, string>> => ({
  // The vendor's current console issues a single key. The earlier console issued an application id and a token.
  ...(app === undefined ? { 'X-Api-Key': key ?? '' } : { 'X-Api-App-Key': app, 'X-Api-Access-Key': key ?? '' }),
  'X-Api-Resource-Id': resource,
  'X-Api-Connect-Id': connectId,
});
