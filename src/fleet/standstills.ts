/** A loop that is late by less delays no packet that matters. */
const STANDSTILL_MS = 30;
const KEPT = 32;

/** When the fleet itself stood still, and which holes in the sound fall into that. */
export class Standstills {
  #longestMs = 0;
  #doubtful = 0;
  readonly #recent: { readonly fromMs: number; readonly toMs: number }[] = [];

  get longestMs(): number {
    return this.#longestMs;
  }

  /** Underruns that may be the fleet's own. */
  get doubtful(): number {
    return this.#doubtful;
  }

  /** The event loop came `latenessMs` late, at `nowMs`. */
  tick(latenessMs: number, nowMs: number): void {
    if (latenessMs > this.#longestMs) this.#longestMs = latenessMs;
    if (latenessMs < STANDSTILL_MS) return;
    this.#recent.push({ fromMs: nowMs - latenessMs, toMs: nowMs });
    if (this.#recent.length > KEPT) this.#recent.shift();
  }

  /** The speaker of a device was silent from `atMs` on. */
  gap(atMs: number, gapMs: number): void {
    if (this.#recent.some(({ fromMs, toMs }) => fromMs <= atMs + gapMs && toMs >= atMs)) this.#doubtful += 1;
  }

  clear(): void {
    this.#longestMs = 0;
    this.#doubtful = 0;
    this.#recent.length = 0;
  }
}
