import { Guess } from '../../capacity/index.js';
import type { ReplyOptions } from './speaking-port.js';
import type { SentenceRequest } from './synthesis.js';

/** Computes when each sentence of a reply is needed. Times are those of `Clock.nowMs`. */
export class ReplyDue {
  #notBeforeMs: number;
  #wantedMs: number;
  #guess: Guess | undefined;

  constructor({ notBeforeMs, wantedMs = Infinity, guess = false }: ReplyOptions) {
    this.#notBeforeMs = notBeforeMs;
    this.#wantedMs = wantedMs;
    if (guess) this.#guess = new Guess();
  }

  /** See `SpokenReply.begin`. */
  begin(nowMs: number, notBeforeMs: number, wantedMs = this.#wantedMs): void {
    this.#notBeforeMs = notBeforeMs;
    this.#wantedMs = wantedMs;
    this.#guess?.confirm(this.#firstMs(nowMs));
    this.#guess = undefined;
  }

  /**
   * The first sentence is due when the device may play it, or at `wantedMs` if that is earlier. A later sentence is due
   * when the device runs out of audio. A guess has no deadline.
   */
  next(nowMs: number, underrunAtMs: number | undefined): Pick<SentenceRequest, 'deadlineMs' | 'guess' | 'playing'> {
    if (this.#guess) return { deadlineMs: undefined, guess: this.#guess };
    return { deadlineMs: underrunAtMs ?? this.#firstMs(nowMs), playing: underrunAtMs !== undefined };
  }

  #firstMs(nowMs: number): number {
    return Math.min(this.#wantedMs, Math.max(this.#notBeforeMs, nowMs));
  }
}
