import { Guess } from '../../capacity/index.js';
import type { ReplyOptions } from './speaking-port.js';
import type { SentenceRequest } from './synthesis.js';

/** Computes when each sentence of a reply is needed. All times are on the scale of `Clock.nowMs`. */
export class ReplyDue {
  #notBeforeMs: number;
  #wantedMs: number;
  /** Undefined: the reply will certainly be spoken. */
  #guess: Guess | undefined;

  constructor({ notBeforeMs, wantedMs = Infinity, guess = false }: ReplyOptions) {
    this.#notBeforeMs = notBeforeMs;
    this.#wantedMs = wantedMs;
    if (guess) this.#guess = new Guess();
  }

  /** Sets the times of a reply that may now begin. See `SpokenReply.begin`. */
  begin(nowMs: number, notBeforeMs: number, wantedMs = this.#wantedMs): void {
    this.#notBeforeMs = notBeforeMs;
    this.#wantedMs = wantedMs;
    this.#guess?.confirm(this.#firstMs(nowMs));
    this.#guess = undefined;
  }

  /**
   * Returns the deadline of the next sentence. The first sentence is due when the device may play it, a later one when
   * the device would otherwise run out of audio.
   */
  next(nowMs: number, underrunAtMs: number | undefined): Pick<SentenceRequest, 'deadlineMs' | 'guess' | 'playing'> {
    if (this.#guess) return { deadlineMs: undefined, guess: this.#guess };
    return { deadlineMs: underrunAtMs ?? this.#firstMs(nowMs), playing: underrunAtMs !== undefined };
  }

  #firstMs(nowMs: number): number {
    return Math.min(this.#wantedMs, Math.max(this.#notBeforeMs, nowMs));
  }
}
