import { backoffMs, MINUTE_MS, type Backoff } from '../../core/index.js';

const DEATHS_WINDOW_MS = MINUTE_MS;
const MAX_DEATHS = 3;
/** Short enough that a user does not notice. Jobs and speech wait until the next process is ready. */
const PAUSES: Backoff = { firstMs: 2_000, mostMs: 300_000 };
/** Pause between the death of a process and the start of the next one. */
const RESTART_DELAY_MS = 50;

/** Facts about the death of a process. */
export interface Death {
  /** True: the process was ready before it died. */
  readonly wasReady: boolean;
  /** True: the process was ready for a long time, so an immediate restart cannot loop. */
  readonly served: boolean;
  /** True: the process would die again at once. */
  readonly hopeless: boolean;
}

/**
 * Decides when a dead process is started again: at once, or after a pause if there were too many deaths. A process that
 * was ready between its deaths works in principle. Its pause stays short, and no job is refused meanwhile (`failed` is
 * false). The pause of a process that cannot start grows. Pure: time is passed in.
 */
export class RestartPolicy {
  #deathsMs: number[] = [];
  #pauses = 0;

  died(
    nowMs: number,
    { wasReady, served, hopeless }: Death,
  ): { readonly failed: boolean; readonly deaths: number; readonly delayMs: number } {
    this.#deathsMs = this.#deathsMs.filter((atMs) => nowMs - atMs < DEATHS_WINDOW_MS);
    if (wasReady) this.#pauses = 0;
    this.#deathsMs.push(nowMs);
    const deaths = this.#deathsMs.length;
    if (!hopeless && (deaths < MAX_DEATHS || served)) return { failed: false, deaths, delayMs: RESTART_DELAY_MS };
    if (wasReady && !hopeless) return { failed: false, deaths, delayMs: PAUSES.firstMs };
    this.#pauses += 1;
    return { failed: true, deaths, delayMs: backoffMs(this.#pauses, PAUSES) };
  }
}
