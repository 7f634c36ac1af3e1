import type { Clock, Metrics, TimerHandle } from '../core/index.js';
import type { EnginePool, JobKind, SlotGrant, SlotRequest } from './capacity-port.js';
import { urgencyOf, type Waiting } from './job-order.js';
import { type JobRecord, JobRecorder } from './job-record.js';

export type Work<T> = (signal: AbortSignal, grant: SlotGrant) => Promise<T>;

export interface PooledJob extends Waiting {
  readonly kind: JobKind;
  readonly pool: EnginePool | undefined;
  readonly signal: AbortSignal;
  readonly background: boolean;
  /** If true, one slot stays free beside the job, unless there is only one slot. */
  readonly leavesSlot: boolean;
  start(waitedMs: number): void;
}

export interface JobHost {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly onJob: ((job: JobRecord) => void) | undefined;
  /** Returns false if the job was not waiting. */
  dequeue(job: PooledJob): boolean;
  finished(job: PooledJob, ranMs: number): void;
}

export interface Settle<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** One job, from its request until its slot is free again. The caller's promise is settled once. */
export class SlotJob<T> implements PooledJob {
  readonly kind: JobKind;
  readonly pool: EnginePool | undefined;
  readonly deviceId: string;
  readonly playing: boolean;
  readonly predictedMs: number;
  readonly background: boolean;
  readonly enqueuedMs: number;
  readonly #record: JobRecorder;
  #timer: TimerHandle | undefined;
  readonly #onAbort = (): void => this.#abort();

  constructor(
    private readonly request: SlotRequest,
    readonly signal: AbortSignal,
    private readonly work: Work<T>,
    private readonly settle: Settle<T>,
    private readonly host: JobHost,
  ) {
    this.kind = request.kind;
    this.pool = request.pool;
    this.deviceId = request.deviceId;
    this.playing = request.playing ?? false;
    this.predictedMs = request.predictedMs;
    this.background = request.background ?? false;
    this.enqueuedMs = host.clock.nowMs();
    this.#record = new JobRecorder(request, host.clock, host.onJob);
  }

  /** A speculative sentence is perhaps never played, so it leaves a slot for recognition. */
  get leavesSlot(): boolean {
    const { guess } = this.request;
    return this.background || (this.kind === 'tts' && guess !== undefined && guess.deadlineMs === undefined);
  }

  /** Infinite for an unconfirmed guess and for background work. */
  get latestStartMs(): number {
    const { guess, deadlineMs } = this.request;
    if (this.background) return Number.POSITIVE_INFINITY;
    return ((guess ? guess.deadlineMs : deadlineMs) ?? Number.POSITIVE_INFINITY) - this.predictedMs;
  }

  /**
   * From now on, an abort settles the caller's promise at once. A running job keeps its slot, because native code
   * cannot be interrupted.
   */
  listenForAbort(): void {
    this.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Rejects with `reason` unless the job gets a slot within `timeoutMs`. */
  startWithin(timeoutMs: number, reason: () => Error): void {
    this.#timer = this.host.clock.after(timeoutMs, () => {
      this.signal.removeEventListener('abort', this.#onAbort);
      this.host.dequeue(this);
      this.#record.over('queue_timeout');
      this.fail('queue_timeout', reason());
    });
  }

  fail(result: string, reason: unknown): void {
    this.host.metrics.count('chorus_jobs_total', { kind: this.kind, result });
    this.settle.reject(reason);
  }

  start(waitedMs: number): void {
    const { clock, metrics } = this.host;
    this.#timer?.cancel();
    this.#record.started();
    metrics.observeMs('chorus_queue_wait_seconds', waitedMs, { kind: this.kind });
    const urgency = urgencyOf(this, { nowMs: this.enqueuedMs + waitedMs });
    metrics.count('chorus_job_starts_total', { kind: this.kind, urgency });
    const startedMs = clock.nowMs();
    const succeeded = (value: T): void => {
      this.#finish('done', startedMs);
      if (this.signal.aborted) return;
      metrics.count('chorus_jobs_total', { kind: this.kind, result: 'done' });
      this.settle.resolve(value);
    };
    const failed = (error: unknown): void => {
      this.#finish('failed', startedMs);
      if (!this.signal.aborted) this.fail('failed', error);
    };
    begin(this.work, this.signal, waitedMs).then(succeeded, failed);
  }

  #finish(result: JobRecord['result'], startedMs: number): void {
    this.#record.over(this.signal.aborted ? 'cancelled' : result);
    this.signal.removeEventListener('abort', this.#onAbort);
    this.host.finished(this, this.host.clock.nowMs() - startedMs);
  }

  #abort(): void {
    this.#timer?.cancel();
    this.#record.cancelled();
    if (this.host.dequeue(this)) this.#record.over('cancelled');
    this.fail('cancelled', this.signal.reason);
  }
}

/** Converts a synchronous throw of `work` to a rejection. */
async function begin<T>(work: Work<T>, signal: AbortSignal, waitedMs: number): Promise<T> {
  return await work(signal, { waitedMs });
}
