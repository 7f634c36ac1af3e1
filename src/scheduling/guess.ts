/**
 * Work on a guess, that may turn out to be for nothing: recognition before it is certain that the utterance is over. It waits behind
 * everything that is wanted for certain; once it is {@link confirm}ed it is like any other job, with what it has waited or run behind it.
 */
export class Guess {
  #deadlineMs: number | undefined;

  /** It was right: the result is wanted by `deadlineMs` (`Clock.nowMs`). */
  confirm(deadlineMs: number): void {
    this.#deadlineMs = deadlineMs;
  }

  /** Undefined: not confirmed. */
  get deadlineMs(): number | undefined {
    return this.#deadlineMs;
  }
}
