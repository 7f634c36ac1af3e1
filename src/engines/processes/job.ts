import { Cancelled, ChorusError, type TimerHandle } from '../../core/index.js';
import { longestDelayMs, type RunDelays } from './run-delay.js';

export interface CallOptions {
  /** Expected time in the child. The child is killed after ten times this time, but not before 5 s. */
  readonly predictedMs: number;
  readonly signal?: AbortSignal;
  /** Whether the job enters native code. The default is true. A native job is suspected if the child dies. */
  readonly native?: boolean;
  /** Whether the job runs again if the child dies. The default is true. */
  readonly retryOnCrash?: boolean;
  /**
   * Whether a cancelled call waits until the child has finished the job. The default is false. A caller that holds a
   * CPU slot needs true, because native code cannot be interrupted.
   */
  readonly waitOnCancel?: boolean;
}

/** What becomes of a job whose child died. */
export type Verdict = 'settled' | 'again';

const MIN_LIMIT_MS = 5_000;
const LIMIT_FACTOR = 10;
/** Maximum extra time, as a multiple of the job's limit. */
const MAX_EXTENSIONS = 3;
/** A native job is not repeated after this many processes died during the job. */
const MAX_CHARGES = 2;
/** Maximum runs of a job that does not enter native code. Such a job is never suspected. */
const MAX_ATTEMPTS = 3;

export class ChildJob {
  /** False while the job waits for a child. */
  sent = false;
  timer: TimerHandle | undefined;
  #charges = 0;
  #attempts = 0;
  #settled = false;
  #delays: RunDelays | undefined;
  #waitedMs = 0;
  #extendedMs = 0;

  constructor(
    readonly id: number,
    readonly request: unknown,
    private readonly options: CallOptions,
    private readonly resolve: (value: unknown) => void,
    private readonly reject: (error: unknown) => void,
    private readonly onAbort: () => void,
  ) {
    options.signal?.addEventListener('abort', onAbort, { once: true });
  }

  get limitMs(): number {
    return Math.max(MIN_LIMIT_MS, LIMIT_FACTOR * this.options.predictedMs);
  }

  /** Records how long the threads of the job's process have waited for a processor. */
  waited(delays: RunDelays): void {
    if (this.#delays) this.#waitedMs += longestDelayMs(this.#delays, delays);
    this.#delays = delays;
  }

  /** Call this at the time limit. The job may run longer if its threads waited at least `byMs` for a processor. */
  extend(byMs: number): boolean {
    if (this.#waitedMs < byMs || this.#extendedMs >= MAX_EXTENSIONS * this.limitMs) return false;
    this.#waitedMs -= byMs;
    this.#extendedMs += byMs;
    return true;
  }

  /** True if the job was in native code when a child died. Suspects do not run at the same time. */
  get suspect(): boolean {
    return this.#charges > 0;
  }

  get waitOnCancel(): boolean {
    return this.options.waitOnCancel ?? false;
  }

  get abortReason(): unknown {
    return this.options.signal?.reason ?? new Cancelled('job');
  }

  markSent(): void {
    this.sent = true;
    this.#attempts += 1;
    this.#delays = undefined;
    this.#waitedMs = 0;
    this.#extendedMs = 0;
  }

  /** Call this when the job's child died. `again` means that the next child must get the job. */
  lost(error: ChorusError): Verdict {
    this.timer?.cancel();
    this.sent = false;
    if (this.#settled) return 'settled';
    if (this.options.signal?.aborted) return this.#give(() => this.reject(this.abortReason));
    if (this.options.native ?? true) this.#charges += 1;
    if (this.#charges >= MAX_CHARGES) {
      return this.#give(() =>
        this.reject(
          new ChorusError('engine.quarantined', 'the job was inside its process at two deaths of it', { cause: error }),
        ),
      );
    }
    if (!(this.options.retryOnCrash ?? true) || this.#attempts >= MAX_ATTEMPTS)
      return this.#give(() => this.reject(error));
    return 'again';
  }

  succeed(value: unknown): void {
    if (this.options.signal?.aborted) this.fail(this.abortReason);
    else this.#give(() => this.resolve(value));
  }

  /** Settles the caller's promise, but keeps the time limit, because native code cannot be interrupted. */
  abandon(): void {
    const { timer } = this;
    this.timer = undefined;
    this.fail(this.abortReason);
    this.timer = timer;
  }

  fail(error: unknown): void {
    this.#give(() => this.reject(this.options.signal?.aborted ? this.abortReason : error));
  }

  #give(settle: () => void): 'settled' {
    this.timer?.cancel();
    if (!this.#settled) {
      this.#settled = true;
      this.options.signal?.removeEventListener('abort', this.onAbort);
      settle();
    }
    return 'settled';
  }
}
