import { type FileHandle, open } from 'node:fs/promises';
import { LENGTH_DELIMITED } from './schema.js';

/** One field of a protobuf message in a file: positions, not content. */
export interface WireField {
  readonly number: number;
  readonly wireType: number;
  /** Where its tag begins. */
  readonly start: number;
  /** Where its content begins, after tag and length. */
  readonly from: number;
  /** Behind its last byte. */
  readonly to: number;
  /** Of varint fields: the value. */
  readonly value: number;
}

const WINDOW_BYTES = 64 * 1024;
const MAX_VARINT_BYTES = 10;

/** Walks through protobuf messages in a file without reading what it passes over. Reads past the end reject. */
export class WireFile {
  #window: Buffer = Buffer.alloc(0);
  #windowAt = 0;

  private constructor(
    private readonly file: FileHandle,
    readonly sizeBytes: number,
  ) {}

  static async open(path: string): Promise<WireFile> {
    const file = await open(path, 'r');
    return new WireFile(file, (await file.stat()).size);
  }

  /** The fields of the message in `from` .. `to`. Rejects where it is no protobuf. */
  async *fields(from: number, to: number): AsyncGenerator<WireField> {
    let at = from;
    while (at < to) {
      const field = await this.#field(at);
      if (field.to > to) throw new RangeError(`a field at ${at} is longer than its message`);
      yield field;
      at = field.to;
    }
  }

  /** A copy. For what is known to be small. */
  async bytes(from: number, to: number): Promise<Uint8Array> {
    if (to - from <= WINDOW_BYTES) return Uint8Array.from(await this.#view(from, to - from));
    return Uint8Array.from(await this.#read(from, to - from));
  }

  close(): Promise<void> {
    return this.file.close();
  }

  async #field(start: number): Promise<WireField> {
    const tag = await this.#varint(start);
    const number = Math.floor(tag.value / 8);
    const wireType = tag.value % 8;
    const from = tag.to;
    switch (wireType) {
      case 0: {
        const { value, to } = await this.#varint(from);
        return { number, wireType, start, from, to, value };
      }
      case 1:
        return { number, wireType, start, from, to: from + 8, value: 0 };
      case LENGTH_DELIMITED: {
        const length = await this.#varint(from);
        return { number, wireType, start, from: length.to, to: length.to + length.value, value: 0 };
      }
      case 5:
        return { number, wireType, start, from, to: from + 4, value: 0 };
      default:
        throw new RangeError(`no protobuf: wire type ${wireType} at ${start}`);
    }
  }

  async #varint(at: number): Promise<{ value: number; to: number }> {
    const bytes = await this.#view(at, Math.min(MAX_VARINT_BYTES, this.sizeBytes - at));
    let value = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0;
      value += (byte % 0x80) * 2 ** (7 * i);
      if (byte < 0x80) return { value, to: at + i + 1 };
    }
    throw new RangeError(`no protobuf: a number at ${at} does not end`);
  }

  /** Valid until the next call. */
  async #view(at: number, length: number): Promise<Buffer> {
    if (at < this.#windowAt || at + length > this.#windowAt + this.#window.length) {
      this.#window = await this.#read(at, Math.min(Math.max(WINDOW_BYTES, length), this.sizeBytes - at));
      this.#windowAt = at;
    }
    const offset = at - this.#windowAt;
    if (length <= 0 || offset + length > this.#window.length)
      throw new RangeError(`the file ends at ${this.sizeBytes}, within a field`);
    return this.#window.subarray(offset, offset + length);
  }

  async #read(at: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(Math.max(0, length));
    const { bytesRead } = await this.file.read(buffer, 0, buffer.length, at);
    return buffer.subarray(0, bytesRead);
  }
}
