import { backoffMs, MINUTE_MS, type Backoff } from '../../core/index.js';

const DEATHS_WINDOW_MS = MINUTE_MS;
const MAX_DEATHS = 3;
/** Users do not notice the first pause, because jobs and speech wait for the next process. */
const PAUSES: Backoff = { firstMs: 2_000, mostMs: 300_000 };
/** Time between the death of a process and an immediate restart. */
const RESTART_DELAY_MS = 50;

export interface Death {
  readonly wasReady: boolean;
  /** True if the process was ready for long. An immediate restart then causes no endless loop. */
  readonly served: boolean;
  /** True if a new process would die at once too. */
  readonly hopeless: boolean;
}

/**
 * Decides when a dead process is started again. The pause stays short, and jobs wait, if the process was ready between
 * its deaths. The pause grows if the process cannot start.
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
