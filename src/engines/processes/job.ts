import { Cancelled, ChorusError, type TimerHandle } from '../../core/index.js';
import { longestDelayMs, type RunDelays } from './run-delay.js';

export interface CallOptions {
  /** Expected time in the child; the child is killed after max(5 s, 10 x this). */
  readonly predictedMs: number;
  readonly signal?: AbortSignal;
  /** The job enters native code (default true): when the child dies meanwhile, the job is a suspect. */
  readonly native?: boolean;
  /** Run it again after a death of the child (default true). */
  readonly retryOnCrash?: boolean;
  /**
   * If the job is cancelled while the child works on it, false (default) rejects at once, and true only when the child
   * has finished with it. True is for a caller that holds a CPU slot, since native code runs on to its end.
   */
  readonly waitOnCancel?: boolean;
}

/** Outcome for a job whose child died. */
export type Verdict = 'settled' | 'again';

const MIN_LIMIT_MS = 5_000;
const LIMIT_FACTOR = 10;
/** A starved job gets at most so many times its limit: the caller has given up by then. */
const MAX_EXTENSIONS = 3;
/** Deaths that a job may have been present at. */
const MAX_CHARGES = 2;
/** Bound for jobs that are never charged. */
const MAX_ATTEMPTS = 3;

/** One job on its way through a child, from call to settlement. */
export class ChildJob {
  /** True: the job is in the child, or on its way there. False: it waits for a child. */
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

  /** While it runs: how long the threads of its process have waited for a processor. */
  waited(delays: RunDelays): void {
    if (this.#delays) this.#waitedMs += longestDelayMs(this.#delays, delays);
    this.#delays = delays;
  }

  /** Called at its time limit. True: its threads waited for as long, so it may run for `byMs` more. */
  extend(byMs: number): boolean {
    if (this.#waitedMs < byMs || this.#extendedMs >= MAX_EXTENSIONS * this.limitMs) return false;
    this.#waitedMs -= byMs;
    this.#extendedMs += byMs;
    return true;
  }

  /** It was inside native code when a child died: from now on it runs without another suspect beside it. */
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

  /** Its child died. `again` means: to be sent to the next one. */
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

  /** The caller is free; the job stays under supervision, since native code cannot be interrupted. */
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
