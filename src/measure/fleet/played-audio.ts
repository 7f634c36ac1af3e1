import { concatInt16, OpusDecoder, type OpusRateHz, type WavSound } from '../../audio/index.js';

/** Records the speaker's sound, gaps included, for listening or comparison. */
export class PlayedAudio {
  readonly #decoder: OpusDecoder;
  #parts: Int16Array[] = [];
  #endMs: number | undefined;
  #undecodable = 0;

  constructor(private readonly rateHz: OpusRateHz) {
    this.#decoder = new OpusDecoder(rateHz);
  }

  get undecodable(): number {
    return this.#undecodable;
  }

  add(packet: Uint8Array, startMs: number): void {
    const decoded = this.#decoder.decode(packet);
    if (!decoded.ok) {
      this.#undecodable += 1;
      return;
    }
    const gapSamples = this.#endMs === undefined ? 0 : Math.round(((startMs - this.#endMs) * this.rateHz) / 1000);
    if (gapSamples > 0) this.#parts.push(new Int16Array(gapSamples));
    this.#parts.push(decoded.pcm);
    this.#endMs = startMs + (decoded.pcm.length * 1000) / this.rateHz;
  }

  take(): WavSound {
    const pcm = concatInt16(this.#parts);
    this.#parts = [];
    this.#endMs = undefined;
    return { rateHz: this.rateHz, pcm };
  }
}
