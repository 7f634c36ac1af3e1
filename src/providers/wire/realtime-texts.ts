import type { Clock, TimerHandle } from '../../core/index.js';

interface Waiting {
  itemId: string | undefined;
  readonly resolve: (text: string) => void;
  readonly reject: (reason: unknown) => void;
  readonly timer: TimerHandle;
}

/** Utterances whose text has not come, in the order in which they were said. */
export class WaitingTexts {
  readonly #waiting: Waiting[] = [];

  /** `late` is called if the text has not come within `mostMs`. */
  next(clock: Clock, mostMs: number, late: () => void): Promise<string> {
    const text = new Promise<string>((resolve, reject) => {
      this.#waiting.push({ itemId: undefined, resolve, reject, timer: clock.after(mostMs, late) });
    });
    // The reader of the text gets the failure, so it must not count as unhandled here.
    text.catch(() => undefined);
    return text;
  }

  /** Gives the oldest utterance without a name the id that the service has chosen for it. */
  named(itemId: string): void {
    const waiting = this.#waiting.find((one) => one.itemId === undefined);
    if (waiting) waiting.itemId = itemId;
  }

  /** Delivers the text of an utterance: without an id, of the oldest one. */
  settle(itemId: string | undefined, text: string): void {
    const named = this.#waiting.findIndex((one) => one.itemId === itemId);
    // The service may name the utterance only here.
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
