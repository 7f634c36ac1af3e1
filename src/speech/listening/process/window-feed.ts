import { LISTEN_RATE_HZ, FRAME_MS } from '../../../audio/format.js';
import { OpusDecoder } from '../../../audio/opus.js';

export const FRAME_SAMPLES = (LISTEN_RATE_HZ / 1000) * FRAME_MS;
/** Packets of at most this size carry no audio (docs/protocol.md 4.1). */
const DTX_BYTES = 2;

/** A window is `silent` if it comes from silent packets (DTX) only. */
export interface AudioWindow {
  readonly pcm: Int16Array;
  readonly silent: boolean;
}

export class WindowFeed {
  readonly #decoder = new OpusDecoder(LISTEN_RATE_HZ);
  #window: Int16Array;
  #filled = 0;
  #silent = true;
  #rest: Int16Array = new Int16Array(0);
  #restSilent = true;
  /** A silent packet (DTX) is assumed to be as long as the last decoded packet. */
  #frameSamples = FRAME_SAMPLES;

  constructor(private readonly windowSamples: number) {
    this.#window = new Int16Array(windowSamples);
  }

  /**
   * Returns false if the packet could not be decoded. An undecodable packet counts as silence. Before the next packet,
   * call {@link next} until it returns undefined.
   */
  decode(packet: Uint8Array): boolean {
    if (packet.byteLength <= DTX_BYTES) {
      this.#take(new Int16Array(this.#frameSamples), true);
      return true;
    }
    const result = this.#decoder.decode(packet);
    if (!result.ok) {
      this.#take(new Int16Array(this.#frameSamples), true);
      return false;
    }
    if (result.pcm.length > 0) this.#frameSamples = result.pcm.length;
    this.#take(result.pcm, false);
    return true;
  }

  /** The caller takes over the window. */
  next(): AudioWindow | undefined {
    const take = Math.min(this.#rest.length, this.windowSamples - this.#filled);
    if (take > 0) {
      this.#window.set(this.#rest.subarray(0, take), this.#filled);
      this.#filled += take;
      this.#rest = this.#rest.subarray(take);
      this.#silent &&= this.#restSilent;
    }
    if (this.#filled < this.windowSamples) return undefined;
    const full = { pcm: this.#window, silent: this.#silent };
    this.#window = new Int16Array(this.windowSamples);
    this.#filled = 0;
    this.#silent = true;
    return full;
  }

  /** Takes back the window that {@link next} returned last. The next call returns it again. */
  putBack(window: Int16Array): void {
    this.#window = window;
    this.#filled = window.length;
    this.#silent = false;
  }

  tail(): Int16Array {
    return this.#window.slice(0, this.#filled);
  }

  #take(pcm: Int16Array, silent: boolean): void {
    this.#rest = pcm;
    this.#restSilent = silent;
  }
}
