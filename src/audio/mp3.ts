import type { MPEGDecoder } from 'mpg123-decoder';
import { ChorusError } from '../core/index.js';
import { returnDecoder, takeDecoder } from './mp3-pool.js';
import { concatBytes, mixToMono } from './pcm.js';
import { audioWords } from './words.js';

/** Limit of the search for the first frame. An ID3 tag may have any size, so it does not count. */
const MAX_SEARCH_BYTES = 8192;
const MAX_DAMAGED_FRAMES = 8;
const ID3_HEADER_BYTES = 10;

/**
 * Decodes streamed MP3 in chunks of any size to mono floats. Requires two consistent frames first, because the library
 * finds frames in any noise. Errors: `audio.undecodable`.
 */
export class Mp3Decoder {
  #rateHz: number | undefined;
  #pending: Uint8Array | undefined = new Uint8Array(0);
  #skipBytes = 0;
  #damages = 0;
  #closed = false;
  #ended = false;

  private constructor(private readonly decoder: MPEGDecoder) {}

  /** The caller must close the decoder, which takes 175 kB. */
  static async create(): Promise<Mp3Decoder> {
    return new Mp3Decoder(await takeDecoder());
  }

  /** Undefined until the first frame was decoded. */
  get rateHz(): number | undefined {
    return this.#rateHz;
  }

  push(bytes: Uint8Array): Float32Array {
    const stream = this.#pending ? this.#begin(bytes) : bytes;
    if (!stream || stream.byteLength === 0) return new Float32Array(0);
    const { channelData, samplesDecoded, sampleRate, errors } = this.decoder.decode(stream);
    this.#damages += errors.length;
    if (this.#damages > MAX_DAMAGED_FRAMES) throw new ChorusError('audio.undecodable', audioWords.mp3.damaged);
    if (samplesDecoded === 0) return new Float32Array(0);
    if (this.#rateHz !== undefined && this.#rateHz !== sampleRate)
      throw new ChorusError('audio.undecodable', audioWords.mp3.rateChanges);
    this.#rateHz = sampleRate;
    return mixToMono(channelData);
  }

  /** Throws if the stream contained no sound. */
  end(): void {
    if (this.#rateHz === undefined) throw new ChorusError('audio.undecodable', audioWords.mp3.other);
    this.#ended = true;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Only the decoder of a complete, undamaged stream is reused. Another decoder could affect the next stream.
    if (this.#ended && this.#damages === 0) returnDecoder(this.decoder);
    else this.decoder.free();
  }

  /** Returns the stream from its first frame on. Returns undefined if more bytes are needed. */
  #begin(bytes: Uint8Array): Uint8Array | undefined {
    let pending = concatBytes([this.#pending ?? new Uint8Array(0), bytes]);
    const skipped = Math.min(this.#skipBytes, pending.byteLength);
    this.#skipBytes -= skipped;
    pending = pending.subarray(skipped);
    if (this.#skipBytes === 0 && startsWith(pending, 'ID3') && pending.byteLength >= ID3_HEADER_BYTES) {
      this.#skipBytes = ID3_HEADER_BYTES + id3Length(pending);
      this.#pending = pending;
      return this.#begin(new Uint8Array(0));
    }
    const found = this.#skipBytes > 0 ? undefined : findStream(pending);
    if (found !== undefined) {
      this.#pending = undefined;
      return pending.subarray(found);
    }
    if (pending.byteLength > MAX_SEARCH_BYTES) throw new ChorusError('audio.undecodable', audioWords.mp3.other);
    this.#pending = pending;
    return undefined;
  }
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, text.length)) === text;
}

/** The length in an ID3v2 header has four bytes of seven bits. */
function id3Length(bytes: Uint8Array): number {
  return [6, 7, 8, 9].reduce((length, at) => (length << 7) | ((bytes[at] ?? 0) & 0x7f), 0);
}

/** Returns the offset of the first frame that is followed by a frame of the same kind. */
function findStream(bytes: Uint8Array): number | undefined {
  for (let at = 0; at + 4 <= bytes.byteLength; at++) {
    const first = frameHeader(bytes, at);
    const second = first && frameHeader(bytes, at + first.lengthBytes);
    if (first && second && first.version === second.version && first.rate === second.rate) return at;
  }
  return undefined;
}

/** Bit rates in kbit/s, in the order of their index in a layer III header (ISO 11172-3, 13818-3). */
const BITRATES_MPEG1 = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const BITRATES_MPEG2 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const RATES_MPEG1_HZ = [44_100, 48_000, 32_000];

interface FrameHeader {
  /** 3 is MPEG 1, 2 is MPEG 2, and 0 is MPEG 2.5. */
  readonly version: number;
  readonly rate: number;
  readonly lengthBytes: number;
}

function frameHeader(bytes: Uint8Array, at: number): FrameHeader | undefined {
  const [b0, b1, b2] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  if (b0 === undefined || b1 === undefined || b2 === undefined) return undefined;
  const version = (b1 >> 3) & 3;
  const layer3 = ((b1 >> 1) & 3) === 1;
  if (b0 !== 0xff || (b1 & 0xe0) !== 0xe0 || version === 1 || !layer3) return undefined;
  const kbps = (version === 3 ? BITRATES_MPEG1 : BITRATES_MPEG2)[(b2 >> 4) - 1];
  const baseHz = RATES_MPEG1_HZ[(b2 >> 2) & 3];
  if (kbps === undefined || baseHz === undefined) return undefined;
  const rate = baseHz / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const samplesPer8 = version === 3 ? 144 : 72;
  return { version, rate, lengthBytes: Math.floor((samplesPer8 * kbps * 1000) / rate) + ((b2 >> 1) & 1) };
}
