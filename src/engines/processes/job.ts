import { Cancelled, ChorusError, type TimerHandle } from '../../core/index.js';
import { longestDelayMs, type RunDelays } from './run-delay.js';

export interface CallOptions {
  /** How long the job is expected to take in the child. After max(5 s, 10 x this), the child is killed. */
  readonly predictedMs: number;
  readonly signal?: AbortSignal;
  /**
   * True (default): the job enters native code. If the child dies during the job, the job is then suspected to be the
   * cause.
   */
  readonly native?: boolean;
  /** True (default): the job runs again if the child dies. */
  readonly retryOnCrash?: boolean;
  /**
   * What happens if the job is cancelled while the child works on it. False (default): the call rejects at once. True:
   * it rejects when the child has finished the job. A caller that holds a CPU slot needs true, because native code
   * cannot be interrupted.
   */
  readonly waitOnCancel?: boolean;
}

/** What becomes of a job whose child died. */
export type Verdict = 'settled' | 'again';

const MIN_LIMIT_MS = 5_000;
const LIMIT_FACTOR = 10;
/**
 * How much longer a job may take because its threads wait for a processor, as a multiple of its limit. By then, the
 * caller has given up.
 */
const MAX_EXTENSIONS = 3;
/** After this many deaths of a process, a native job that was in it each time is not repeated. */
const MAX_CHARGES = 2;
/** Maximum number of runs of a job that does not enter native code and is therefore never suspected. */
const MAX_ATTEMPTS = 3;

/** One job, from its call until its promise is settled. */
export class ChildJob {
  /** True: the job was sent to the child. False: it waits for a child. */
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

  /** Records how long the threads of the job's process waited for a processor during the job. */
  waited(delays: RunDelays): void {
    if (this.#delays) this.#waitedMs += longestDelayMs(this.#delays, delays);
    this.#delays = delays;
  }

  /**
   * Call it at the time limit. Returns true if the threads waited for a processor for at least `byMs`; the job may then
   * run that much longer.
   */
  extend(byMs: number): boolean {
    if (this.#waitedMs < byMs || this.#extendedMs >= MAX_EXTENSIONS * this.limitMs) return false;
    this.#waitedMs -= byMs;
    this.#extendedMs += byMs;
    return true;
  }

  /**
   * True: the job was in native code when a child died. From then on, it does not run at the same time as another
   * suspect.
   */
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

  /** Call it when the job's child died. `again`: the caller must send the job to the next child. */
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

  /** Settles the caller's promise, but keeps the time limit of the job, because native code cannot be interrupted. */
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
