import { sleep, type Clock } from '../../core/index.js';

/** So many bytes a second for all who take some; first come, first served, so that several get equal parts. */
export class Bandwidth {
  #freeAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly bytesPerSecond: () => number,
    private readonly clock: Clock,
  ) {}

  /** Resolves when these bytes may go; rejects with the signal's reason. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    const nowMs = this.clock.nowMs();
    const startMs = Math.max(nowMs, this.#freeAtMs);
    this.#freeAtMs = startMs + (bytes / this.bytesPerSecond()) * 1000;
    if (startMs > nowMs) await sleep(this.clock, startMs - nowMs, signal);
    signal.throwIfAborted();
  }
}
