import type { Clock, TimerHandle } from '../../core/index.js';

interface Waiting {
  itemId: string | undefined;
  readonly resolve: (text: string) => void;
  readonly reject: (reason: unknown) => void;
  readonly timer: TimerHandle;
}

/** Utterances that have no text yet, in the order in which they were spoken. */
export class WaitingTexts {
  readonly #waiting: Waiting[] = [];

  next(clock: Clock, mostMs: number, late: () => void): Promise<string> {
    const text = new Promise<string>((resolve, reject) => {
      this.#waiting.push({ itemId: undefined, resolve, reject, timer: clock.after(mostMs, late) });
    });
    // The reader of the text gets the failure, so the rejection must not be reported as unhandled here.
    text.catch(() => undefined);
    return text;
  }

  named(itemId: string): void {
    const waiting = this.#waiting.find((one) => one.itemId === undefined);
    if (waiting) waiting.itemId = itemId;
  }

  /** A text without an id belongs to the oldest utterance. */
  settle(itemId: string | undefined, text: string): void {
    const named = this.#waiting.findIndex((one) => one.itemId === itemId);
    // The service may send the utterance's id only with its text.
    const at = named === -1 ? this.#waiting.findIndex((one) => one.itemId === undefined) : named;
    if (at === -1) return;
    const [waiting] = this.#waiting.splice(itemId === undefined ? 0 : at, 1);
    waiting?.timer.cancel();
    waiting?.resolve(text);
  }

  fail(reason: unknown): void {
    for (const { timer, reject } of this.#waiting.splice(0)) {
      timer.cancel();
      reject(reason);
    }
  }
}
