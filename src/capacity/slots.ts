import { Cancelled, ChorusError, type Clock, type Metrics } from '../core/index.js';
import { CpuShare, type Fairness } from './cpu-share.js';
import { type JobOrder, latestStartFirst } from './job-order.js';
import { JobQueue } from './job-queue.js';
import type { JobRecord } from './job-record.js';
import type { JobKind, SlotRequest, Slots } from './capacity-port.js';
import { type JobHost, type PooledJob, SlotJob, type Work } from './slot-job.js';

export interface SlotsOptions {
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Number of concurrent jobs. */
  readonly slots: number;
  /** Limit of waiting jobs of all devices. A further job is refused with `capacity.queue_full`. */
  readonly queueCapacity?: number;
  /** Running jobs per kind (`asr.max_workers`, `tts.max_workers`). A kind without a limit may take all slots. */
  readonly maxOfKind?: Readonly<Partial<Record<JobKind, number>>>;
  /** Longest wait (`asr.acquire_timeout_ms`). The job then rejects with `capacity.queue_timeout`. */
  readonly acquireTimeoutMs?: number;
  /** Default {@link latestStartFirst}. */
  readonly order?: JobOrder;
  readonly onJob?: (job: JobRecord) => void;
}

export interface SlotsView {
  readonly running: number;
  readonly waiting: number;
}

export interface SlotPoolControl extends Slots {
  view(): SlotsView;
  /** How fairly CPU time was divided between devices recently. Undefined if no CPU time was used. */
  fairness(): Fairness | undefined;
}

/**
 * Limit of waiting jobs per device. One sentence may wait for TTS. The parts of a long utterance wait for ASR, which
 * decodes them one after the other.
 */
const WAITING_PER_DEVICE: Readonly<Record<JobKind, number>> = { asr: 8, tts: 1 };
/** Room for two jobs for each of sixty devices on a big machine. */
const DEFAULT_QUEUE_CAPACITY = 128;
/** Share of the queue that guesses may fill. The rest is for work that is certainly needed. */
const GUESSES_FILL = 0.5;
export const DEFAULT_ACQUIRE_TIMEOUT_MS = 10_000;

/**
 * A job with neither a deadline nor a guess gets an idle slot or is dropped. A guess gets a slot that no urgent job
 * needs. A confirmed guess is treated like a job with a deadline.
 */
export function createSlots(options: SlotsOptions): SlotPoolControl {
  return new SlotPool(options);
}

class SlotPool implements SlotPoolControl {
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #queue: JobQueue<PooledJob>;
  readonly #running = new Set<PooledJob>();
  readonly #share = new CpuShare();
  readonly #capacity: number;
  readonly #acquireTimeoutMs: number;
  readonly #host: JobHost;

  constructor(private readonly options: SlotsOptions) {
    if (!Number.isInteger(options.slots) || options.slots < 1) throw new RangeError('slots must be a positive integer');
    this.#queue = new JobQueue(options.order ?? latestStartFirst);
    this.#clock = options.clock;
    this.#metrics = options.metrics;
    this.#capacity = options.queueCapacity ?? DEFAULT_QUEUE_CAPACITY;
    this.#acquireTimeoutMs = options.acquireTimeoutMs ?? DEFAULT_ACQUIRE_TIMEOUT_MS;
    this.#host = {
      clock: options.clock,
      metrics: options.metrics,
      onJob: options.onJob,
      dequeue: (job) => this.#dequeue(job),
      finished: (job, ranMs) => this.#finished(job, ranMs),
    };
  }

  view(): SlotsView {
    return { running: this.#running.size, waiting: this.#queue.size };
  }

  fairness(): Fairness | undefined {
    return this.#share.fairness(this.#clock.nowMs());
  }

  run<T>(request: SlotRequest, signal: AbortSignal, work: Work<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const { kind } = request;
      if (signal.aborted) {
        this.#metrics.count('chorus_jobs_total', { kind, result: 'cancelled' });
        return reject(signal.reason);
      }
      const job = new SlotJob(request, signal, work, { resolve, reject }, this.#host);
      const refusal = this.#refusal(job, request);
      if (refusal) return job.fail(refusal.result, refusal.error);
      job.listenForAbort();
      // A guess for a voice must leave a slot free. Once confirmed, it may take that slot.
      if (kind === 'tts') request.guess?.onConfirmed(() => this.#startNext());
      this.#queue.push(job);
      this.#startNext();
      if (!this.#running.has(job))
        job.startWithin(
          this.#acquireTimeoutMs,
          () => new ChorusError('capacity.queue_timeout', `a ${kind} job waited ${this.#acquireTimeoutMs} ms`),
        );
      this.#report();
    });
  }

  /** Undefined if the job may be queued. */
  #refusal(
    job: PooledJob,
    { guess, deadlineMs }: SlotRequest,
  ): { readonly result: 'dropped' | 'queue_full'; readonly error: Error } | undefined {
    if (guess) {
      return this.#queue.size < GUESSES_FILL * this.#capacity
        ? undefined
        : { result: 'dropped', error: new Cancelled('too many speculative jobs wait') };
    }
    if (this.#idleFor(job)) return undefined;
    if (deadlineMs === undefined) return { result: 'dropped', error: new Cancelled('no idle slot') };
    if (!this.#isFull(job)) return undefined;
    return {
      result: 'queue_full',
      error: new ChorusError('capacity.queue_full', `the queue for ${job.kind} jobs is full`),
    };
  }

  /** A free slot is enough, because all waiting jobs that may start have been started. */
  #idleFor(job: PooledJob): boolean {
    return this.#running.size < this.options.slots && this.#mayStart(job);
  }

  /** Background work and guesses for a voice leave one slot free for urgent jobs. */
  #mayStart(job: PooledJob): boolean {
    const { slots } = this.options;
    if (job.leavesSlot && slots > 1 && this.#running.size >= slots - 1) return false;
    let ofKind = 0;
    let inPool = 0;
    for (const running of this.#running) {
      if (running.kind === job.kind) {
        if (running.deviceId === job.deviceId) return false;
        ofKind += 1;
      }
      if (job.pool !== undefined && running.pool?.id === job.pool.id) inPool += 1;
    }
    return (
      ofKind < (this.options.maxOfKind?.[job.kind] ?? Number.POSITIVE_INFINITY) &&
      inPool < (job.pool?.size ?? Number.POSITIVE_INFINITY)
    );
  }

  #isFull(job: PooledJob): boolean {
    if (this.#queue.size >= this.#capacity) return true;
    let waiting = 0;
    for (const other of this.#queue) if (other.deviceId === job.deviceId && other.kind === job.kind) waiting += 1;
    // A cancelled job keeps its slot while it runs. The next job of its device may still enter the queue.
    let dying = 0;
    for (const other of this.#running)
      if (other.deviceId === job.deviceId && other.kind === job.kind && other.signal.aborted) dying += 1;
    return waiting >= WAITING_PER_DEVICE[job.kind] + dying;
  }

  #startNext(): void {
    while (this.#running.size < this.options.slots) {
      const nowMs = this.#clock.nowMs();
      const moment = { nowMs, usedMs: (deviceId: string) => this.#share.used(deviceId, nowMs) };
      const job = this.#queue.take(moment, (waiting) => this.#mayStart(waiting));
      if (job === undefined) return;
      this.#running.add(job);
      job.start(nowMs - job.enqueuedMs);
    }
  }

  #finished(job: PooledJob, ranMs: number): void {
    this.#running.delete(job);
    this.#share.charge(job.deviceId, ranMs, this.#clock.nowMs());
    this.#metrics.observeMs('chorus_job_run_seconds', ranMs, { kind: job.kind });
    this.#metrics.count('chorus_job_predicted_seconds_total', { kind: job.kind }, job.predictedMs / 1000);
    this.#metrics.observeMs('chorus_job_prediction_error_seconds', Math.abs(ranMs - job.predictedMs), {
      kind: job.kind,
    });
    this.#startNext();
    this.#report();
  }

  #dequeue(job: PooledJob): boolean {
    const waited = this.#queue.remove(job);
    this.#report();
    return waited;
  }

  #report(): void {
    const depth: Record<JobKind, number> = { asr: 0, tts: 0 };
    for (const job of this.#queue) depth[job.kind] += 1;
    this.#metrics.gauge('chorus_queue_depth', depth.asr, { kind: 'asr' });
    this.#metrics.gauge('chorus_queue_depth', depth.tts, { kind: 'tts' });
    this.#metrics.gauge('chorus_slots_busy', this.#running.size);
  }
}
