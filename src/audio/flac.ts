import { createRequire } from 'node:module';
import type * as libflac from 'libflacjs/dist/libflac.js';
import { ChorusError } from '../core/index.js';
import { concatBytes, concatFloat, mixToMono } from './pcm.js';
import { audioWords } from './words.js';

type Library = typeof libflac;

/** Sizes from RFC 9639 section 8. */
const BLOCK_HEADER_BYTES = 4;
const STREAM_INFO_BYTES = 34;
const LAST_BLOCK = 0x80;
const MAGIC = new TextEncoder().encode('fLaC');
const HEAD_BYTES = MAGIC.byteLength + BLOCK_HEADER_BYTES + STREAM_INFO_BYTES;
/** Used if the file does not state the longest frame. Enough for 4608 stereo samples of 24 bits. */
const USUAL_FRAME_BYTES = 64 * 1024;
const MAX_DAMAGED_FRAMES = 8;
/** Limit of samples from one chunk. Without it, 14 bytes could expand to a frame of 65,535 silent samples. */
const MAX_SAMPLES = 2 ** 24;
/** The library's decoder has ended in this state, and in all states with a higher number. */
const END_OF_STREAM = 4;

let library: Promise<Library> | undefined;

async function load(): Promise<Library> {
  // Loads the variant without WASM. The WASM variant loads its file by `fetch`, which does not accept paths on Node.
  const flac = (createRequire(import.meta.url)('libflacjs') as (variant: string) => Library)('min');
  if (!flac.isReady()) await new Promise<void>((resolve) => flac.on('ready', () => resolve()));
  return flac;
}

/**
 * Decodes streamed FLAC in chunks of any size to mono floats. Skips pictures and other metadata. Errors:
 * `audio.undecodable`.
 */
export class FlacDecoder {
  #pending: Uint8Array = new Uint8Array(0);
  #skipBytes = 0;
  /** Magic number and STREAMINFO. */
  #head: Uint8Array | undefined;
  #wasLast = false;
  #rateHz: number | undefined;
  #bits = 16;
  #frameBytes = USUAL_FRAME_BYTES;
  #inFrames = false;
  #decoded: Float32Array[] = [];
  #decodedSamples = 0;
  #damages = 0;
  #anyFrame = false;
  #closed = false;
  readonly #decoder: number;

  private constructor(private readonly flac: Library) {
    this.#decoder = flac.create_libflac_decoder(false);
    const status = flac.init_decoder_stream(
      this.#decoder,
      (most) => this.#read(most),
      (channels) => {
        this.#anyFrame = true;
        const samples = toMono(channels, this.#bits);
        this.#decodedSamples += samples.length;
        this.#decoded.push(samples);
      },
      () => void this.#damages++,
    );
    if (status !== 0) throw new ChorusError('audio.undecodable', audioWords.flac.unsupported);
  }

  /** The caller must close the decoder. */
  static async create(): Promise<FlacDecoder> {
    return new FlacDecoder(await (library ??= load()));
  }

  /** Undefined until the header is complete. */
  get rateHz(): number | undefined {
    return this.#rateHz;
  }

  push(bytes: Uint8Array): Float32Array {
    this.#pending = concatBytes([this.#pending, bytes]);
    this.#readMetadata();
    // The library needs complete frames. Missing bytes would end the stream.
    while (this.#inFrames && this.#pending.byteLength >= this.#frameBytes) this.#next();
    return this.#taken();
  }

  /** Returns the last samples. Call this at the end of the stream, before {@link end}. */
  tail(): Float32Array {
    if (!this.#inFrames) return new Float32Array(0);
    while (this.#state() < END_OF_STREAM) this.#next();
    return this.#taken();
  }

  /** Call this after {@link tail}. Throws if the stream contained no sound. */
  end(): void {
    if (!this.#anyFrame) throw notFlac();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.flac.FLAC__stream_decoder_finish(this.#decoder);
    this.flac.FLAC__stream_decoder_delete(this.#decoder);
  }

  #next(): void {
    // The decoder ended early, because the file stated too short a length for its frames.
    if (this.#state() >= END_OF_STREAM) throw new ChorusError('audio.undecodable', audioWords.flac.damaged);
    const went = this.flac.FLAC__stream_decoder_process_single(this.#decoder);
    if (!went || this.#damages > MAX_DAMAGED_FRAMES || this.#decodedSamples > MAX_SAMPLES)
      throw new ChorusError('audio.undecodable', audioWords.flac.damaged);
  }

  #state(): number {
    return this.flac.FLAC__stream_decoder_get_state(this.#decoder);
  }

  #taken(): Float32Array {
    const samples = concatFloat(this.#decoded);
    this.#decoded = [];
    this.#decodedSamples = 0;
    return samples;
  }

  #read(most: number): { buffer: Uint8Array<ArrayBuffer>; readDataLength: number; error: boolean } {
    const buffer = new Uint8Array(this.#pending.subarray(0, most));
    this.#pending = this.#pending.subarray(buffer.byteLength);
    return { buffer, readDataLength: buffer.byteLength, error: false };
  }

  #readMetadata(): void {
    while (!this.#inFrames) {
      const skipped = Math.min(this.#skipBytes, this.#pending.byteLength);
      this.#skipBytes -= skipped;
      this.#pending = this.#pending.subarray(skipped);
      if (this.#skipBytes > 0) return;
      if (this.#head === undefined) {
        if (!this.#readStreamInfo()) return;
      } else if (this.#wasLast) {
        this.#inFrames = true;
        this.#pending = concatBytes([this.#head, this.#pending]);
      } else {
        const [flags, ...length] = this.#pending.subarray(0, BLOCK_HEADER_BYTES);
        if (flags === undefined || length.length < 3) return;
        this.#wasLast = (flags & LAST_BLOCK) !== 0;
        this.#skipBytes = BLOCK_HEADER_BYTES + number(length);
      }
    }
  }

  /** Returns false if more bytes are needed. */
  #readStreamInfo(): boolean {
    const head = this.#pending.slice(0, HEAD_BYTES);
    if (!MAGIC.every((byte, at) => (head[at] ?? byte) === byte)) throw notFlac();
    if (head.byteLength < HEAD_BYTES) return false;
    const info = head.subarray(MAGIC.byteLength + BLOCK_HEADER_BYTES);
    this.#frameBytes = number(info.subarray(7, 10)) || USUAL_FRAME_BYTES;
    // 20 bits for the sample rate, 3 for the channels, and 5 for the bits per sample.
    this.#rateHz = number(info.subarray(10, 13)) >> 4;
    this.#bits = ((((info[12] ?? 0) & 1) << 4) | ((info[13] ?? 0) >> 4)) + 1;
    this.#wasLast = ((head[MAGIC.byteLength] ?? 0) & LAST_BLOCK) !== 0;
    // All further metadata blocks are skipped, so this block is marked as the last.
    head[MAGIC.byteLength] = LAST_BLOCK;
    this.#head = head;
    this.#skipBytes = HEAD_BYTES;
    return true;
  }
}

const notFlac = (): ChorusError => new ChorusError('audio.undecodable', audioWords.flac.other);

/** Most significant byte first. */
const number = (bytes: Iterable<number>): number => [...bytes].reduce((sum, byte) => sum * 256 + byte, 0);

/** Mixes one frame to mono. Each channel has little-endian samples of `bits` bits, rounded up to whole bytes. */
function toMono(channels: readonly Uint8Array[], bits: number): Float32Array {
  const sampleBytes = Math.ceil(bits / 8);
  const full = 2 ** (bits - 1);
  return mixToMono(
    channels.map((bytes) => {
      const samples = new Float32Array(Math.floor(bytes.byteLength / sampleBytes));
      for (let i = 0; i < samples.length; i++) {
        let value = ((bytes[(i + 1) * sampleBytes - 1] ?? 0) << 24) >> 24;
        for (let at = sampleBytes - 2; at >= 0; at--) value = value * 256 + (bytes[i * sampleBytes + at] ?? 0);
        samples[i] = value / full;
      }
      return samples;
    }),
  );
}
