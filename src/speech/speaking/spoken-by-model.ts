import { FRAME_MS, spokenUnits } from '../../audio/index.js';
import type { Clock } from '../../core/index.js';
import type { ModelSpeech } from '../../providers/llm/llm-port.js';
import { ChunkIntake } from './chunk-intake.js';
import type { SpeechEncoder } from './encoding/speech-encoder.js';

export interface SpokenByModelOptions {
  readonly clock: Clock;
  readonly encoder: SpeechEncoder;
  readonly underrunAtMs: () => number | undefined;
  readonly trailingMs: number;
}

export interface ChunkTaker {
  /** Resolves when more packets are wanted. */
  take(packets: readonly Uint8Array[]): Promise<void>;
  /** True if another text of this speech is queued. */
  more(): boolean;
}

/** Limit of the speech that waits for the encoder: 1.4 s of PCM at 24 kHz. */
const AHEAD_BYTES = 64 * 1024;

/**
 * One sound that the model produces for several texts. Each text gets a part of the sound in proportion to its spoken
 * length, so that the screen shows the text at the right time.
 */
export class SpokenByModel {
  readonly #packets: AsyncGenerator<readonly Uint8Array[], void>;
  #left: readonly Uint8Array[] = [];
  #made = 0;
  #ended = false;

  constructor(
    readonly speech: ModelSpeech,
    /** Number of packets in the reply before this speech. */
    private readonly before: number,
    options: SpokenByModelOptions,
    signal: AbortSignal,
  ) {
    this.#packets = this.#encoded(options, signal);
  }

  get silent(): boolean {
    return this.#ended && this.#made === 0;
  }

  /** Sends the part of the sound that belongs to the text. Resolves with the number of packets. */
  async speak(text: string, taker: ChunkTaker): Promise<number> {
    const share = Math.max(1, spokenUnits(text));
    let made = 0;
    while (made < share || !taker.more()) {
      const batch = await this.#next();
      if (!batch) break;
      const mine = taker.more() ? batch.slice(0, Math.max(1, share - made)) : batch;
      this.#left = batch.slice(mine.length);
      made += mine.length;
      this.#made += mine.length;
      await taker.take(mine);
    }
    return made;
  }

  stopped(playedMs: number): void {
    const heardMs = Math.max(0, playedMs - this.before * FRAME_MS);
    if (!this.#ended || heardMs < this.#made * FRAME_MS) this.speech.stopped(heardMs);
  }

  /** Closes the speech early. Never rejects. */
  async close(): Promise<void> {
    this.#ended = true;
    try {
      await this.#packets.return();
    } catch {
      // The generator failed earlier, and its failure was already reported.
    }
  }

  async #next(): Promise<readonly Uint8Array[] | undefined> {
    if (this.#left.length > 0) return this.#left;
    if (this.#ended) return undefined;
    const { value } = await this.#packets.next();
    if (!value) this.#ended = true;
    return value ?? undefined;
  }

  async *#encoded(
    { clock, encoder, underrunAtMs, trailingMs }: SpokenByModelOptions,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Uint8Array[], void> {
    const { format, chunks, voice: voiceKey } = this.speech;
    // No time limits are set here, because the model's session has its own.
    const intake = new ChunkIntake({ clock, limits: undefined, maxBytes: AHEAD_BYTES });
    const reading = intake.read(
      () => Promise.resolve({ format, chunks }),
      () => undefined,
      signal,
    );
    // A failed read is reported by the intake.
    reading.catch(() => undefined);
    try {
      yield* encoder.encode({ format, voiceKey, trailingMs, underrunAtMs }, intake, signal);
    } finally {
      intake.close();
    }
  }
}
