/** Statistics of the playback of one queue, or of all queues since the page was opened. */
export interface PlaybackFigures {
  readonly playedMs: number;
  /** How often the sound ran out within a reply, which is heard as stutter. */
  readonly gaps: number;
  readonly gapMs: number;
  /** Sound that was dropped because the queue was full. */
  readonly lostMs: number;
}

export interface PlaybackQueueOptions {
  readonly rateHz: number;
  /** How much sound must be queued before playback starts, or resumes after a gap. */
  readonly startAfterMs: number;
  /** How much sound the queue can hold. This is more than the server ever sends ahead. */
  readonly capacityMs: number;
}

/**
 * The jitter buffer between the network and the loudspeaker. It counts audible gaps within a reply, and runs in the
 * audio thread.
 */
export class PlaybackQueue {
  #chunks: Float32Array[] = [];
  /** How many samples of the first chunk have been played. */
  #offset = 0;
  #queued = 0;
  #sounding = false;
  #state: 'silent' | 'reply' | 'ending' = 'silent';
  /** How many silent samples were played since the queue ran empty. They are a gap only if the reply continues. */
  #dry = 0;
  #begun = false;
  #played = 0;
  #gaps = 0;
  #gapSamples = 0;
  #lost = 0;

  constructor(private readonly options: PlaybackQueueOptions) {}

  get figures(): PlaybackFigures {
    const ms = (samples: number): number => Math.round((1000 * samples) / this.options.rateHz);
    return { playedMs: ms(this.#played), gaps: this.#gaps, gapMs: ms(this.#gapSamples), lostMs: ms(this.#lost) };
  }

  /** Starts a new reply and drops the rest of the previous one. */
  begin(): void {
    this.flush();
    this.#state = 'reply';
  }

  push(samples: Float32Array): void {
    if (this.#state === 'silent' || samples.length === 0) return;
    if (this.#queued + samples.length > this.#samples(this.options.capacityMs)) {
      this.#lost += samples.length;
      return;
    }
    this.#chunks.push(samples);
    this.#queued += samples.length;
  }

  /** Marks the end of the reply. The rest of the queue is still played. */
  end(): void {
    if (this.#state === 'reply') this.#state = 'ending';
  }

  flush(): void {
    this.#chunks = [];
    this.#offset = 0;
    this.#queued = 0;
    this.#sounding = false;
    this.#begun = false;
    this.#dry = 0;
    this.#state = 'silent';
  }

  /** Returns true once, after the last sample of a reply that was not interrupted. */
  pull(block: Float32Array): boolean {
    if (!this.#sounding) this.#mayStart();
    let filled = 0;
    if (this.#sounding) {
      filled = this.#take(block);
      this.#played += filled;
    }
    block.fill(0, filled);
    if (filled === block.length) return false;
    this.#sounding = false;
    if (this.#state === 'ending') {
      this.flush();
      return true;
    }
    if (this.#begun) this.#dry += block.length - filled;
    return false;
  }

  #mayStart(): void {
    if (this.#queued === 0) return;
    if (this.#state === 'reply' && this.#queued < this.#samples(this.options.startAfterMs)) return;
    if (this.#dry > 0) {
      this.#gaps += 1;
      this.#gapSamples += this.#dry;
      this.#dry = 0;
    }
    this.#begun = true;
    this.#sounding = true;
  }

  #take(block: Float32Array): number {
    let filled = 0;
    while (filled < block.length) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) break;
      const part = chunk.subarray(this.#offset, this.#offset + block.length - filled);
      block.set(part, filled);
      filled += part.length;
      this.#offset += part.length;
      if (this.#offset < chunk.length) continue;
      this.#chunks.shift();
      this.#offset = 0;
    }
    this.#queued -= filled;
    return filled;
  }

  #samples(ms: number): number {
    return (ms * this.options.rateHz) / 1000;
  }
}
