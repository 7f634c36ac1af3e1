/** A shorter delay of the event loop does not delay packets enough to matter. */
const STANDSTILL_MS = 30;
const KEPT = 200;

/** The fleet stands still if its own event loop is late. */
export class Standstills {
  #longestMs = 0;
  readonly #recent: { readonly fromMs: number; readonly toMs: number }[] = [];

  get longestMs(): number {
    return this.#longestMs;
  }

  tick(latenessMs: number, nowMs: number): void {
    if (latenessMs > this.#longestMs) this.#longestMs = latenessMs;
    if (latenessMs < STANDSTILL_MS) return;
    this.#recent.push({ fromMs: nowMs - latenessMs, toMs: nowMs });
    if (this.#recent.length > KEPT) this.#recent.shift();
  }

  /** Longest standstill of 30 ms or more that overlaps the given time. Returns 0 if there was none. */
  longestIn(fromMs: number, toMs: number): number {
    return this.#recent.reduce(
      (longest, stand) =>
        stand.fromMs <= toMs && stand.toMs >= fromMs ? Math.max(longest, stand.toMs - stand.fromMs) : longest,
      0,
    );
  }

  clear(): void {
    this.#longestMs = 0;
    this.#recent.length = 0;
  }
}
