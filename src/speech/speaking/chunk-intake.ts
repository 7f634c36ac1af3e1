import { Change, ChorusError, type Clock, waitAtMost, withTimeout } from '../../core/index.js';
import { concatBytes, type SpeechFormat } from '../../audio/index.js';
import type { TtsAudio } from '../../providers/tts/tts-port.js';

export interface IntakeOptions {
  readonly clock: Clock;
  /** Undefined for local voices: their process is supervised, and the wait for a CPU slot must end with it. */
  readonly limits: IntakeLimits | undefined;
  /** What may lie here before the provider is no longer read. */
  readonly maxBytes: number;
}

export interface IntakeLimits {
  /** From the request to the first byte. */
  readonly firstAudioMs: number;
  /** Between two pieces, while somebody waits for them. */
  readonly stallMs: number;
}

/** What is waited for beyond the first bytes. */
export interface TakePatience {
  /** Until then (`Clock.nowMs`) for all that is wanted. */
  readonly wholeByMs?: number;
  /** For so many bytes, for so long from the first of them on. */
  readonly least?: { readonly bytes: number; readonly withinMs: number };
}

/** More than this for one chunk of text is not speech: nearly six minutes of PCM at 24 kHz, 45 of Edge's MP3. */
const MAX_AUDIO_BYTES = 16 * 1024 * 1024;

const late = (): ChorusError => new ChorusError('tts.timeout', 'no audio came in time');
const stalled = (): ChorusError => new ChorusError('tts.timeout', 'the audio stalled');

/**
 * Reads a provider's chunks as long as there is room, and gives them out in pieces of the size that is wanted. Fails with
 * `tts.timeout` when the first audio does not come, or the stream stalls, and with `tts.failed` when it does not come to an end:
 * silence is trimmed as fast as it is sent, and of silence without end nobody would hear anything.
 */
export class ChunkIntake {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #closed = false;
  readonly #change = new Change();

  constructor(private readonly options: IntakeOptions) {}

  /** Asks for the audio and reads it to the end, or until {@link close}. What the provider throws comes out of {@link take}, too. */
  async read(
    request: (signal: AbortSignal) => Promise<TtsAudio>,
    onFormat: (format: SpeechFormat) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, limits } = this.options;
    const firstByMs = clock.nowMs() + (limits?.firstAudioMs ?? 0);
    try {
      // The audio outlives the wait for its beginning: what ends it is the signal of all of it.
      const begin = (within: AbortSignal): Promise<TtsAudio> => request(AbortSignal.any([signal, within]));
      const audio = limits ? await withTimeout(clock, limits.firstAudioMs, signal, late, begin) : await begin(signal);
      onFormat(audio.format);
      await this.#pull(audio.chunks[Symbol.asyncIterator](), firstByMs, signal);
    } catch (error) {
      this.fail(error);
      throw error;
    } finally {
      this.#ended = true;
      this.#change.tell();
    }
  }

  async #pull(iterator: AsyncIterator<Uint8Array>, firstByMs: number, signal: AbortSignal): Promise<void> {
    const { clock, limits, maxBytes } = this.options;
    try {
      for (let first = true, read = 0; ;) {
        while (this.#bytes >= maxBytes && !this.#closed) await this.#change.next();
        if (this.#closed) return;
        const limitMs = first ? firstByMs - clock.nowMs() : (limits?.stallMs ?? 0);
        const next = limits
          ? await waitAtMost(clock, limitMs, signal, first ? late : stalled, () => iterator.next())
          : await iterator.next();
        if (next.done) return;
        if (next.value.byteLength === 0) continue;
        first = false;
        read += next.value.byteLength;
        if (read > MAX_AUDIO_BYTES) throw new ChorusError('tts.failed', 'the voice does not come to an end');
        this.#chunks.push(next.value);
        this.#bytes += next.value.byteLength;
        this.#change.tell();
      }
    } finally {
      // Not awaited: a generator that hangs in its own await would answer never.
      void Promise.resolve(iterator.return?.()).catch(() => undefined);
    }
  }

  /** Up to `maxBytes` of what has come; waits for the first of it, and for more as `patience` says. `last`: nothing follows. */
  async take(
    maxBytes: number,
    { wholeByMs = -Infinity, least }: TakePatience = {},
  ): Promise<{ readonly bytes: Uint8Array; readonly last: boolean }> {
    while (this.#bytes === 0 && !this.#ended && !this.#closed) await this.#change.next();
    if (least) await this.#whole(Math.min(least.bytes, maxBytes), this.options.clock.nowMs() + least.withinMs);
    await this.#whole(Math.min(maxBytes, this.options.maxBytes), wholeByMs);
    if (this.#failure && this.#bytes === 0) throw this.#failure.error;
    const whole = concatBytes(this.#chunks);
    const bytes = whole.subarray(0, maxBytes);
    const rest = whole.subarray(maxBytes);
    this.#chunks = rest.byteLength > 0 ? [rest] : [];
    this.#bytes = rest.byteLength;
    this.#change.tell();
    return { bytes, last: this.#ended && !this.#failure && this.#bytes === 0 };
  }

  async #whole(bytes: number, byMs: number): Promise<void> {
    const { clock } = this.options;
    const short = (): boolean => this.#bytes < bytes && !this.#ended && !this.#closed && clock.nowMs() < byMs;
    if (!short()) return;
    const timer = clock.after(byMs - clock.nowMs(), () => this.#change.tell());
    try {
      while (short()) await this.#change.next();
    } finally {
      timer.cancel();
    }
  }

  /** For a failure before {@link read} could begin. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#failure = { error };
    this.#ended = true;
    this.#change.tell();
  }

  /** Nobody takes any more: reading ends. */
  close(): void {
    this.#closed = true;
    this.#chunks = [];
    this.#bytes = 0;
    this.#change.tell();
  }
}
