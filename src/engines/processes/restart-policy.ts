const DEATHS_WINDOW_MS = 60_000;
const MAX_DEATHS = 3;
const FIRST_BACKOFF_MS = 10_000;
const MAX_BACKOFF_MS = 300_000;
/** The pause between the death of a process and the start of the next one. */
const RESTART_DELAY_MS = 50;

/**
 * When a process that died is started again: at once, or, after too many deaths, after a pause that grows. Pure: time
 * is passed in.
 */
export class RestartPolicy {
  #deathsMs: number[] = [];
  #backoffMs = FIRST_BACKOFF_MS;

  /**
   * `served`: it was ready for long, so that an immediate restart is no endless loop. `hopeless`: it would die again.
   */
  died(
    nowMs: number,
    {
      wasReady,
      served,
      hopeless,
    }: { readonly wasReady: boolean; readonly served: boolean; readonly hopeless: boolean },
  ): { readonly failed: boolean; readonly deaths: number; readonly delayMs: number } {
    this.#deathsMs = this.#deathsMs.filter((atMs) => nowMs - atMs < DEATHS_WINDOW_MS);
    if (wasReady && this.#deathsMs.length === 0) this.#backoffMs = FIRST_BACKOFF_MS;
    this.#deathsMs.push(nowMs);
    const deaths = this.#deathsMs.length;
    if (!hopeless && (deaths < MAX_DEATHS || served)) return { failed: false, deaths, delayMs: RESTART_DELAY_MS };
    const delayMs = this.#backoffMs;
    this.#backoffMs = Math.min(this.#backoffMs * 2, MAX_BACKOFF_MS);
    return { failed: true, deaths, delayMs };
  }
}
