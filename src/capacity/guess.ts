/**
 * Speculative work, such as recognition before the utterance has certainly ended. The work waits behind all urgent work
 * until {@link confirm} is called.
 */
export class Guess {
  #deadlineMs: number | undefined;
  readonly #onConfirmed: (() => void)[] = [];

  /** Call this when the guess was right. The result is needed at `deadlineMs` (`Clock.nowMs`). */
  confirm(deadlineMs: number): void {
    this.#deadlineMs = deadlineMs;
    for (const tell of this.#onConfirmed) tell();
  }

  onConfirmed(tell: () => void): void {
    this.#onConfirmed.push(tell);
  }

  /** Undefined if the guess is not confirmed. */
  get deadlineMs(): number | undefined {
    return this.#deadlineMs;
  }
}
