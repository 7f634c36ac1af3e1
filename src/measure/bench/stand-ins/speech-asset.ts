import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ChorusError, type Random } from '../../../core/index.js';
import { floatToInt16, int16ToBytes, Mp3Decoder } from '../../../audio/index.js';

const ASSET = fileURLToPath(new URL('../../../../assets/speech-24khz-48kbit.mp3', import.meta.url));
/** A frame of 48 kbit/s has 576 samples at 24 kHz: see assets/README.md. */
export const FRAME_BYTES = 144;
export const FRAME_MS = 24;
export const PCM_RATE_HZ = 24_000;
const FRAME_SAMPLES = (PCM_RATE_HZ * FRAME_MS) / 1000;

/** Recorded speech that can be cut to any length, in the two formats that voices deliver. */
export class SpeechAsset {
  #pcm: Uint8Array | undefined;

  private constructor(private readonly mp3: Uint8Array) {}

  /** Error: `internal` if the package is damaged. */
  static async load(): Promise<SpeechAsset> {
    const mp3 = await readFile(ASSET);
    for (let at = 0; at < mp3.byteLength; at += FRAME_BYTES) {
      // Checks the frame header. The fifth byte tells whether the frame needs data of earlier frames (13818-3:
      // main_data_begin is the first byte of the side information).
      if (mp3[at] !== 0xff || mp3[at + 1] !== 0xf3 || mp3[at + 4] !== 0)
        throw new ChorusError('internal', `${ASSET} is not what assets/README.md says`);
    }
    return new SpeechAsset(mp3);
  }

  get durationMs(): number {
    return (this.mp3.byteLength / FRAME_BYTES) * FRAME_MS;
  }

  /** Cuts at least that length from a random position. At its end, the recording starts again. */
  mp3Of(ms: number, random: Random): Uint8Array {
    return cut(this.mp3, FRAME_BYTES, ms, random);
  }

  /** The same as {@link mp3Of}, but as 16-bit little-endian samples at 24 kHz. Call {@link decode} first. */
  pcmOf(ms: number, random: Random): Uint8Array {
    if (!this.#pcm) throw new Error('not decoded');
    return cut(this.#pcm, FRAME_SAMPLES * 2, ms, random);
  }

  /** Decodes the speech for {@link pcmOf} once, which takes 40 ms of CPU and 1.1 MB. */
  async decode(): Promise<void> {
    if (this.#pcm) return;
    const decoder = await Mp3Decoder.create();
    try {
      const samples = decoder.push(this.mp3);
      this.#pcm = int16ToBytes(floatToInt16(samples.subarray(0, samples.length - (samples.length % FRAME_SAMPLES))));
    } finally {
      decoder.close();
    }
  }
}

function cut(bytes: Uint8Array, frameBytes: number, ms: number, random: Random): Uint8Array {
  const frames = bytes.byteLength / frameBytes;
  const wanted = Math.max(1, Math.ceil(ms / FRAME_MS));
  const from = Math.floor(random() * frames);
  const out = new Uint8Array(wanted * frameBytes);
  for (let done = 0, at = from; done < wanted; at = 0) {
    const take = Math.min(wanted - done, frames - at);
    out.set(bytes.subarray(at * frameBytes, (at + take) * frameBytes), done * frameBytes);
    done += take;
  }
  return out;
}
