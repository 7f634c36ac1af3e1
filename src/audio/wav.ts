import { ChorusError } from '../core/index.js';
import { concatBytes, concatFloat, floatToInt16, mixToMono } from './pcm.js';
import { audioWords } from './words.js';

/** Always mono. */
export interface WavSound {
  readonly rateHz: number;
  readonly pcm: Int16Array;
}

const FORMAT_PCM = 1;
const FORMAT_FLOAT = 3;
const FORMAT_EXTENSIBLE = 0xfffe;
const MAX_HEADER_BYTES = 64 * 1024;
/** Lengths that are written if the true length is not known at the start of the stream. */
const UNKNOWN_LENGTHS: ReadonlySet<number> = new Set([0, 0xffff_ffff, 0x7fff_ffff, 0xffff_fffe]);

interface WavFormat {
  readonly rateHz: number;
  readonly channels: number;
  readonly bits: number;
  readonly float: boolean;
}

interface WavHeader {
  readonly format: WavFormat;
  readonly dataAt: number;
  /** Infinity if the sound lasts until the end of the stream. */
  readonly dataBytes: number;
}

/**
 * Decodes streamed WAV in chunks of any size to mono floats. Accepts PCM of 8, 16, 24 and 32 bits, and 32-bit floats.
 * Errors: `audio.undecodable`.
 */
export class WavDecoder {
  #header: WavHeader | undefined;
  #pending: Uint8Array = new Uint8Array(0);
  #leftBytes = 0;

  /** Undefined until the header is complete. */
  get rateHz(): number | undefined {
    return this.#header?.format.rateHz;
  }

  push(bytes: Uint8Array): Float32Array {
    this.#pending = this.#pending.byteLength === 0 ? bytes : concatBytes([this.#pending, bytes]);
    if (!this.#header) {
      this.#header = readHeader(this.#pending);
      if (!this.#header) {
        // The caller may reuse its buffer, so the bytes are copied.
        this.#pending = this.#pending.slice();
        return new Float32Array(0);
      }
      this.#pending = this.#pending.subarray(this.#header.dataAt);
      this.#leftBytes = this.#header.dataBytes;
    }
    const { format } = this.#header;
    const frameBytes = (format.bits / 8) * format.channels;
    const available = Math.min(this.#pending.byteLength, this.#leftBytes);
    const usable = available - (available % frameBytes);
    const samples = toMono(this.#pending.subarray(0, usable), format);
    this.#leftBytes -= usable;
    // Chunks after the data chunk contain no sound.
    this.#pending = this.#leftBytes < frameBytes ? new Uint8Array(0) : this.#pending.slice(usable);
    return samples;
  }

  /** Throws if the header is missing. */
  end(): void {
    if (!this.#header) throw new ChorusError('audio.undecodable', audioWords.wav.other);
  }
}

/** Undefined if more bytes are needed. */
function readHeader(bytes: Uint8Array): WavHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength >= 4 && tag(view, 0) !== 'RIFF')
    throw new ChorusError('audio.undecodable', audioWords.wav.other);
  if (bytes.byteLength < 12) return undefined;
  if (tag(view, 8) !== 'WAVE') throw new ChorusError('audio.undecodable', audioWords.wav.noAudio);
  let format: WavFormat | undefined;
  let at = 12;
  while (at + 8 <= bytes.byteLength) {
    const id = tag(view, at);
    const length = view.getUint32(at + 4, true);
    if (id === 'data') {
      if (!format) throw new ChorusError('audio.undecodable', audioWords.wav.noFormat);
      return { format, dataAt: at + 8, dataBytes: UNKNOWN_LENGTHS.has(length) ? Infinity : length };
    }
    if (id === 'fmt ') {
      if (at + 8 + Math.min(length, 40) > bytes.byteLength) return undefined;
      format = readFormat(view, at + 8, length);
    }
    at += 8 + length + (length % 2);
    if (at > MAX_HEADER_BYTES) throw new ChorusError('audio.undecodable', audioWords.wav.lateAudio);
  }
  return undefined;
}

function readFormat(view: DataView, at: number, length: number): WavFormat {
  if (length < 16) throw new ChorusError('audio.undecodable', audioWords.wav.shortFormat);
  const tagged = view.getUint16(at, true);
  // The extensible format stores the real format in the first two bytes of its GUID.
  const kind = tagged === FORMAT_EXTENSIBLE && length >= 26 ? view.getUint16(at + 24, true) : tagged;
  const format = {
    channels: view.getUint16(at + 2, true),
    rateHz: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
    float: kind === FORMAT_FLOAT,
  };
  const known =
    kind === FORMAT_PCM ? [8, 16, 24, 32].includes(format.bits) : kind === FORMAT_FLOAT && format.bits === 32;
  if (!known) throw new ChorusError('audio.undecodable', audioWords.wav.format(kind, format.bits));
  if (format.channels < 1 || format.channels > 8 || format.rateHz < 4000 || format.rateHz > 192_000) {
    throw new ChorusError('audio.undecodable', audioWords.wav.channels(format.channels, format.rateHz));
  }
  return format;
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}

function toMono(bytes: Uint8Array, format: WavFormat): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sampleBytes = format.bits / 8;
  const frames = bytes.byteLength / (sampleBytes * format.channels);
  const channels = Array.from({ length: format.channels }, (_, channel) => {
    const samples = new Float32Array(frames);
    for (let i = 0; i < frames; i++)
      samples[i] = readSample(view, (i * format.channels + channel) * sampleBytes, format);
    return samples;
  });
  return mixToMono(channels);
}

function readSample(view: DataView, at: number, format: WavFormat): number {
  if (format.float) {
    const value = view.getFloat32(at, true);
    return Number.isFinite(value) ? value : 0;
  }
  switch (format.bits) {
    case 8:
      return (view.getUint8(at) - 128) / 128;
    case 16:
      return view.getInt16(at, true) / 32_768;
    case 24:
      return (view.getUint16(at, true) | (view.getInt8(at + 2) << 16)) / 8_388_608;
    default:
      return view.getInt32(at, true) / 2_147_483_648;
  }
}

/** Errors: `audio.undecodable`. */
export function parseWav(bytes: Uint8Array): WavSound {
  const decoder = new WavDecoder();
  const samples = concatFloat([decoder.push(bytes)]);
  decoder.end();
  return { rateHz: decoder.rateHz ?? 0, pcm: floatToInt16(samples) };
}

export function writeWav(sound: WavSound): Uint8Array {
  const bytes = new Uint8Array(44 + sound.pcm.byteLength);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string): void => bytes.set(new TextEncoder().encode(value), at);
  text(0, 'RIFF');
  view.setUint32(4, 36 + sound.pcm.byteLength, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, FORMAT_PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sound.rateHz, true);
  view.setUint32(28, sound.rateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, sound.pcm.byteLength, true);
  bytes.set(new Uint8Array(sound.pcm.buffer, sound.pcm.byteOffset, sound.pcm.byteLength), 44);
  return bytes;
}
