import { Cancelled, ChorusError, type Clock, type Metrics, type TimerHandle } from '../core/index.js';
import { CpuShare, type Evenness } from './cpu-share.js';
import { type JobOrder, latestStartFirst, urgencyOf, type Waiting } from './job-order.js';
import { JobQueue } from './job-queue.js';
import { type JobRecord, JobRecorder } from './job-record.js';
import type { EnginePool, JobKind, SlotGrant, SlotRequest, Slots } from './capacity-port.js';

export interface SlotsOptions {
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** How many jobs run at once: {@link slotCount}. */
  readonly slots: number;
  /** Waiting jobs of all devices; one more is refused with `capacity.queue_full`. */
  readonly queueCapacity?: number;
  /** Running jobs of a kind (`asr.max_workers`, `tts.max_workers`); a kind that is not named may take all slots. */
  readonly maxOfKind?: Readonly<Partial<Record<JobKind, number>>>;
  /** Longest wait (`asr.acquire_timeout_ms`); then `capacity.queue_timeout`. */
  readonly acquireTimeoutMs?: number;
  /** Which waiting job is next; default {@link latestStartFirst}. */
  readonly order?: JobOrder;
  /** Told of each job when it is over, for a recording. */
  readonly onJob?: (job: JobRecord) => void;
}

/** What an operator or a test wants to see; the port alone is for callers. */
export interface SlotsView {
  readonly running: number;
  readonly waiting: number;
}

export interface SlotPoolControl extends Slots {
  view(): SlotsView;
  /** How the CPU time of the last minute or two is spread over devices; undefined: nobody had any. */
  fairness(): Evenness | undefined;
}

/**
 * Waiting jobs a device may have. TTS: the next sentence. ASR: the pieces of a long utterance whose first one is still
 * being decoded; they are decoded one after the other.
 */
const WAITING_PER_DEVICE: Readonly<Record<JobKind, number>> = { asr: 8, tts: 1 };
/** Two jobs for each of the sixty devices a big machine carries. */
const DEFAULT_QUEUE_CAPACITY = 128;
/** Of the capacity: guesses must not fill the queue that certain work needs. */
const GUESSES_FILL = 0.5;
const DEFAULT_ACQUIRE_TIMEOUT_MS = 10_000;

type Work<T> = (signal: AbortSignal, grant: SlotGrant) => Promise<T>;

interface Job extends Waiting {
  readonly kind: JobKind;
  readonly pool: EnginePool | undefined;
  readonly signal: AbortSignal;
  start(waitedMs: number): void;
}

/**
 * The pool of CPU slots. A job without a deadline never waits: it gets a slot that is idle at that moment or is dropped. A guess
 * waits for a slot that nobody else wants, and like the others from the moment on that it is confirmed.
 */
export function createSlots(options: SlotsOptions): SlotPoolControl {
  return new SlotPool(options);
}

class SlotPool implements SlotPoolControl {
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #queue: JobQueue<Job>;
  readonly #running = new Set<Job>();
  readonly #share = new CpuShare();
  readonly #capacity: number;
  readonly #acquireTimeoutMs: number;

  constructor(private readonly options: SlotsOptions) {
    if (!Number.isInteger(options.slots) || options.slots < 1) throw new RangeError('slots must be a positive integer');
    this.#queue = new JobQueue(options.order ?? latestStartFirst);
    this.#clock = options.clock;
    this.#metrics = options.metrics;
    this.#capacity = options.queueCapacity ?? DEFAULT_QUEUE_CAPACITY;
    this.#acquireTimeoutMs = options.acquireTimeoutMs ?? DEFAULT_ACQUIRE_TIMEOUT_MS;
  }

  view(): SlotsView {
    return { running: this.#running.size, waiting: this.#queue.size };
  }

  fairness(): Evenness | undefined {
    return this.#share.evenness(this.#clock.nowMs());
  }

  run<T>(request: SlotRequest, signal: AbortSignal, work: Work<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const { kind } = request;
      const fail = (result: string, reason: unknown): void => {
        this.#metrics.count('chorus_jobs_total', { kind, result });
        reject(reason);
      };
      if (signal.aborted) return fail('cancelled', signal.reason);

      let timer: TimerHandle | undefined;
      const record = new JobRecorder(request, this.#clock, this.options.onJob);
      // Listens from enqueue to completion: a waiting job leaves the queue; of a running one the caller is let go at
      // once, but the slot is held until the work has really ended, because native code cannot be interrupted.
      const onAbort = (): void => {
        timer?.cancel();
        record.cancelled();
        if (this.#leave(job)) record.over('cancelled');
        fail('cancelled', signal.reason);
      };
      const job: Job = {
        kind,
        pool: request.pool,
        deviceId: request.deviceId,
        playing: request.playing ?? false,
        predictedMs: request.predictedMs,
        get latestStartMs() {
          return deadlineOf(request) - request.predictedMs;
        },
        enqueuedMs: this.#clock.nowMs(),
        signal,
        start: (waitedMs) => {
          timer?.cancel();
          record.started();
          this.#metrics.observeMs('chorus_queue_wait_seconds', waitedMs, { kind });
          this.#metrics.count('chorus_job_starts_total', {
            kind,
            urgency: urgencyOf(job, { nowMs: job.enqueuedMs + waitedMs }),
          });
          const startedMs = this.#clock.nowMs();
          const finished = (result: JobRecord['result']): void => {
            record.over(signal.aborted ? 'cancelled' : result);
            signal.removeEventListener('abort', onAbort);
            this.#finish(job, this.#clock.nowMs() - startedMs);
          };
          const succeeded = (value: T): void => {
            finished('done');
            if (signal.aborted) return;
            this.#metrics.count('chorus_jobs_total', { kind, result: 'done' });
            resolve(value);
          };
          const failed = (error: unknown): void => {
            finished('failed');
            if (!signal.aborted) fail('failed', error);
          };
          begin(work, signal, waitedMs).then(succeeded, failed);
        },
      };

      if (request.guess) {
        if (this.#queue.size >= GUESSES_FILL * this.#capacity)
          return fail('dropped', new Cancelled('too many jobs wait to work on a guess'));
      } else if (request.deadlineMs === undefined) {
        if (!this.#idleFor(job)) return fail('dropped', new Cancelled('no idle slot'));
      } else if (!this.#idleFor(job) && this.#isFull(job)) {
        return fail('queue_full', new ChorusError('capacity.queue_full', `the queue for ${kind} jobs is full`));
      }
      signal.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(job);
      this.#startNext();
      if (!this.#running.has(job)) {
        timer = this.#clock.after(this.#acquireTimeoutMs, () => {
          signal.removeEventListener('abort', onAbort);
          this.#leave(job);
          record.over('queue_timeout');
          fail(
            'queue_timeout',
            new ChorusError('capacity.queue_timeout', `a ${kind} job waited ${this.#acquireTimeoutMs} ms`),
          );
        });
      }
      this.#report();
    });
  }

  /** A free slot, and nobody who may start is waiting for it. */
  #idleFor(job: Job): boolean {
    if (this.#running.size >= this.options.slots || !this.#mayStart(job)) return false;
    for (const waiting of this.#queue) if (this.#mayStart(waiting)) return false;
    return true;
  }

  /** One running job a device and kind, no more of a kind than its bound, and no more in an engine than it does at once. */
  #mayStart(job: Job): boolean {
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

  #isFull(job: Job): boolean {
    if (this.#queue.size >= this.#capacity) return true;
    let waiting = 0;
    for (const other of this.#queue) if (other.deviceId === job.deviceId && other.kind === job.kind) waiting += 1;
    // A running job that was cancelled is dead to its device, though its slot is not free yet: its successor takes its
    // place in the count.
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

  #finish(job: Job, ranMs: number): void {
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

  /** False: it was not waiting any more. */
  #leave(job: Job): boolean {
    const waited = this.#queue.remove(job);
    if (waited) this.#report();
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

/** Infinite: nobody knows yet whether it is wanted. */
function deadlineOf({ deadlineMs, guess }: SlotRequest): number {
  return (guess ? guess.deadlineMs : deadlineMs) ?? Number.POSITIVE_INFINITY;
}

/** Makes a synchronous throw of `work` a rejection. */
async function begin<T>(work: Work<T>, signal: AbortSignal, waitedMs: number): Promise<T> {
  return await work(signal, { waitedMs });
}
