import { backoffMs, MINUTE_MS, type Backoff } from '../../core/index.js';

const DEATHS_WINDOW_MS = MINUTE_MS;
const MAX_DEATHS = 3;
/**
 * Pauses before a process is started again. The first is so short that users do not notice it: jobs and speech wait
 * until the next process is ready.
 */
const PAUSES: Backoff = { firstMs: 2_000, mostMs: 300_000 };
/** Time between the death of a process and an immediate restart. */
const RESTART_DELAY_MS = 50;

/** What is known about the death of a process. */
export interface Death {
  /** True: the process was ready before it died. */
  readonly wasReady: boolean;
  /** True: the process was ready for a long time, so it can be restarted at once without causing an endless loop. */
  readonly served: boolean;
  /** True: a new process would die at once, too. */
  readonly hopeless: boolean;
}

/**
 * Decides when a dead process is started again: at once, or after a pause if it died too often. If a process was ready
 * between its deaths, it works in principle. Its pause then stays short, and jobs wait instead of being refused
 * (`failed` is false). If a process cannot start, its pause grows. Pure: time is passed in.
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
