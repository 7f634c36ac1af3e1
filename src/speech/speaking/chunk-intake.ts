import { Change, ChorusError, type Clock, type TimerHandle, waitAtMost, withTimeout } from '../../core/index.js';
import { concatBytes, type SpeechFormat } from '../../audio/index.js';
import type { TtsAudio } from '../../providers/tts/tts-port.js';
import { speechWords } from '../words.js';

export interface IntakeOptions {
  readonly clock: Clock;
  /** Local voices have no limits, because their process is supervised. */
  readonly limits: IntakeLimits | undefined;
  /**
   * The limits apply after this promise has resolved, because the voice may be silent while its sentence is still being
   * written. Without the promise, they apply at once.
   */
  readonly limitsFrom?: Promise<void> | undefined;
  /** While this many bytes are buffered, the provider is not read. */
  readonly maxBytes: number;
}

export interface IntakeLimits {
  /** Longest time from the request to the first audio. */
  readonly firstAudioMs: number;
  /** Longest time without progress while the audio is being read. */
  readonly stallMs: number;
}

/** How long {@link ChunkIntake.take} waits after the first bytes. */
export interface TakeWait {
  /** Waits for all requested bytes, but only until this time (`Clock.nowMs`). */
  readonly wholeByMs?: number;
  /** Waits for this many bytes, but at most `withinMs` after the first of them. */
  readonly least?: { readonly bytes: number; readonly withinMs: number };
}

/** No speech is longer than this: nearly six minutes of PCM at 24 kHz, or 45 minutes of MP3 at 48 kbit/s. */
const MAX_AUDIO_BYTES = 16 * 1024 * 1024;

/** Fewer bytes do not count as progress. This is a tenth of a second of MP3. */
const LEAST_BYTES = 512;

const late = (): ChorusError => new ChorusError('tts.timeout', speechWords.noAudioInTime);
const stalled = (): ChorusError => new ChorusError('tts.timeout', speechWords.stalled);

/** A clock whose timers begin when `start` has resolved. */
function timersFrom(start: Promise<void>, clock: Clock): Clock {
  return {
    nowMs: () => clock.nowMs(),
    wallMs: () => clock.wallMs(),
    after(delayMs, run) {
      let timer: TimerHandle | undefined;
      let cancelled = false;
      const begin = async (): Promise<void> => {
        await start;
        if (!cancelled) timer = clock.after(delayMs, run);
      };
      void begin();
      return {
        cancel() {
          cancelled = true;
          timer?.cancel();
        },
      };
    },
  };
}

/**
 * Reads a provider's audio while there is room for it. Fails with `tts.timeout` if audio is late. Fails with
 * `tts.failed` if the stream never ends, for example with endless silence.
 */
export class ChunkIntake {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #closed = false;
  #limited = false;
  readonly #change = new Change();

  constructor(private readonly options: IntakeOptions) {}

  /** Reads the audio until it ends or {@link close} is called. Errors of the provider also reject {@link take}. */
  async read(
    request: (signal: AbortSignal) => Promise<TtsAudio>,
    onFormat: (format: SpeechFormat) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { limits, limitsFrom } = this.options;
    const clock = limitsFrom ? timersFrom(limitsFrom, this.options.clock) : this.options.clock;
    this.#limited = limitsFrom === undefined;
    void limitsFrom?.then(() => (this.#limited = true));
    const firstByMs = clock.nowMs() + (limits?.firstAudioMs ?? 0);
    try {
      // The stream is read after `within` has ended, so the request gets `signal` too.
      const begin = (within: AbortSignal): Promise<TtsAudio> => request(AbortSignal.any([signal, within]));
      const audio = limits ? await withTimeout(clock, limits.firstAudioMs, signal, late, begin) : await begin(signal);
      onFormat(audio.format);
      await this.#pull(clock, audio.chunks[Symbol.asyncIterator](), firstByMs, signal);
    } catch (error) {
      this.fail(error);
      throw error;
    } finally {
      this.#ended = true;
      this.#change.tell();
    }
  }

  async #pull(
    clock: Clock,
    iterator: AsyncIterator<Uint8Array>,
    firstByMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { limits, limitsFrom, maxBytes } = this.options;
    try {
      // `waitedMs` is the time since the last progress, and `gained` is the number of bytes since then.
      for (let first = true, read = 0, waitedMs = 0, gained = 0; ;) {
        while (this.#bytes >= maxBytes && !this.#closed) await this.#change.next();
        if (this.#closed) return;
        const fromMs = clock.nowMs();
        const limitMs =
          first && !limitsFrom
            ? firstByMs - fromMs
            : ((first ? limits?.firstAudioMs : limits?.stallMs) ?? 0) - waitedMs;
        const next = limits
          ? await waitAtMost(clock, limitMs, signal, first ? late : stalled, () => iterator.next())
          : await iterator.next();
        if (next.done) return;
        if (next.value.byteLength === 0) continue;
        if (this.#limited) waitedMs += clock.nowMs() - fromMs;
        gained += next.value.byteLength;
        if (gained >= LEAST_BYTES) {
          first = false;
          waitedMs = gained = 0;
        }
        read += next.value.byteLength;
        if (read > MAX_AUDIO_BYTES) throw new ChorusError('tts.failed', speechWords.endless);
        this.#chunks.push(next.value);
        this.#bytes += next.value.byteLength;
        this.#change.tell();
      }
    } finally {
      // A generator that hangs in an `await` never returns, so its return is not awaited.
      void Promise.resolve(iterator.return?.()).catch(() => undefined);
    }
  }

  /**
   * Returns up to `maxBytes`. Waits for the first bytes, and then for more as {@link TakeWait} says. `last` is true if
   * no more bytes follow.
   */
  async take(
    maxBytes: number,
    { wholeByMs = -Infinity, least }: TakeWait = {},
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

  fail(error: unknown): void {
    if (this.#ended) return;
    this.#failure = { error };
    this.#ended = true;
    this.#change.tell();
  }

  /** Stops reading. Call it when nobody takes the audio any more. */
  close(): void {
    this.#closed = true;
    this.#chunks = [];
    this.#bytes = 0;
    this.#change.tell();
  }
}
