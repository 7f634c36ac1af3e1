import { ChorusError, waitAtMost, type Clock } from '../../core/index.js';
import { llmWords } from './words.js';

export interface ReplyTimeLimits {
  /** Longest wait for the first token, and between two later tokens. */
  readonly silenceMs: number;
  readonly replyMs: number;
}

/**
 * Only the time spent waiting for the model counts. A reader that speaks the reply delays the stream, and that is not
 * the model's fault.
 */
export class ReplyTimer {
  #waitedMs = 0;
  #silentMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly limits: ReplyTimeLimits,
  ) {}

  heard(): void {
    this.#silentMs = 0;
  }

  /** Rejects with `llm.timeout` at a limit, or with the signal's reason. */
  async wait<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const silenceMs = this.limits.silenceMs - this.#silentMs;
    const replyMs = this.limits.replyMs - this.#waitedMs;
    const startMs = this.clock.nowMs();
    const onTimeout = (): ChorusError =>
      new ChorusError(
        'llm.timeout',
        silenceMs <= replyMs ? llmWords.silent(this.limits.silenceMs) : llmWords.tooLong(this.limits.replyMs),
      );
    try {
      return await waitAtMost(this.clock, Math.min(silenceMs, replyMs), signal, onTimeout, work);
    } finally {
      const tookMs = this.clock.nowMs() - startMs;
      this.#waitedMs += tookMs;
      this.#silentMs += tookMs;
    }
  }
}
