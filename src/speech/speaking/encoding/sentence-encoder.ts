import {
  concatFloat,
  createResampler,
  floatToInt16,
  FRAME_MS,
  LoudnessLeveler,
  OpusEncoder,
  type Resampler,
  SPEAK_RATE_HZ,
  type SpeechFormat,
  type VoiceLoudness,
} from '../../../audio/index.js';
import { createSpeechDecoder, type SpeechDecoder } from './speech-decoder.js';
import { SentenceEdges } from './sentence-edges.js';

export interface OpusSettings {
  /** Complexity of the Opus encoder, 0..10. */
  readonly complexity: number;
  /** Bits per second. */
  readonly bitrate: number;
}

/** Plain data, because the settings are sent to the speaking process. */
export interface SentenceEncoding {
  readonly format: SpeechFormat;
  readonly targetLufs: number;
  readonly known: VoiceLoudness | undefined;
  readonly trailingMs: number;
  readonly opus: OpusSettings;
}

const FRAME_SAMPLES = (SPEAK_RATE_HZ * FRAME_MS) / 1000;

/**
 * Converts a provider's bytes for one sentence into Opus packets of exactly 60 ms at 24 kHz. Chunk sizes do not affect
 * the packets. Throws `audio.undecodable`.
 */
export class SentenceEncoder {
  readonly #leveler: LoudnessLeveler;
  readonly #edges: SentenceEdges;
  readonly #opus: OpusEncoder;
  #resampler: Resampler | undefined;
  #frame = new Float32Array(0);
  #samples = 0;

  private constructor(
    private readonly decoder: SpeechDecoder,
    encoding: SentenceEncoding,
  ) {
    this.#leveler = new LoudnessLeveler({
      rateHz: SPEAK_RATE_HZ,
      targetLufs: encoding.targetLufs,
      known: encoding.known,
    });
    this.#edges = new SentenceEdges({ rateHz: SPEAK_RATE_HZ, trailingMs: encoding.trailingMs });
    // The mode `voip` would filter the waveform. DTX is off, because its one-byte packets save nothing on Wi-Fi.
    this.#opus = new OpusEncoder({ rateHz: SPEAK_RATE_HZ, application: 'audio', dtx: false, ...encoding.opus });
  }

  /** Must be closed, because its decoder and resampler are not garbage-collected. */
  static async create(encoding: SentenceEncoding): Promise<SentenceEncoder> {
    return new SentenceEncoder(await createSpeechDecoder(encoding.format), encoding);
  }

  feed(bytes: Uint8Array): Promise<Uint8Array[]> {
    return this.#take(this.decoder.push(bytes));
  }

  async #take(decoded: Float32Array): Promise<Uint8Array[]> {
    if (decoded.length === 0) return [];
    this.#resampler ??= await createResampler(this.decoder.rateHz ?? SPEAK_RATE_HZ, SPEAK_RATE_HZ);
    return this.#encode(this.#edges.push(this.#leveler.push(this.#resampler.process(decoded))));
  }

  /** A sentence that yields no packets at all was silent. */
  async finish(): Promise<Uint8Array[]> {
    const tail = await this.#take(this.decoder.tail?.() ?? new Float32Array(0));
    this.decoder.end();
    const rest = this.#resampler?.flush() ?? new Float32Array(0);
    const leveled = concatFloat([this.#leveler.push(rest), this.#leveler.end()]);
    const packets = [...tail, ...this.#encode(concatFloat([this.#edges.push(leveled), this.#edges.end()]))];
    if (this.#samples === 0) return packets;
    // The encoder delays its output by `lookaheadSamples`, so `padding` zeros push out the last samples. `missing`
    // more zeros fill the last frame.
    const padding = this.#opus.lookaheadSamples;
    const missing = (FRAME_SAMPLES - ((this.#frame.length + padding) % FRAME_SAMPLES)) % FRAME_SAMPLES;
    return [...packets, ...this.#encode(new Float32Array(padding + missing))];
  }

  loudness(): VoiceLoudness | undefined {
    return this.#leveler.measured();
  }

  close(): void {
    this.decoder.close();
    this.#resampler?.close();
  }

  #encode(samples: Float32Array): Uint8Array[] {
    this.#samples += samples.length;
    const all = concatFloat([this.#frame, samples]);
    const packets: Uint8Array[] = [];
    let at = 0;
    for (; at + FRAME_SAMPLES <= all.length; at += FRAME_SAMPLES) {
      packets.push(this.#opus.encode(floatToInt16(all.subarray(at, at + FRAME_SAMPLES))));
    }
    this.#frame = all.slice(at);
    return packets;
  }
}
