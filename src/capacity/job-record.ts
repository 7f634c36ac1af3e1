import type { Clock } from '../core/index.js';
import type { JobKind, SlotRequest } from './capacity-port.js';

/**
 * What happened to a queued job. Written when its slot is free again, or when the job leaves the queue without a slot.
 * It has enough detail to replay the job.
 */
export interface JobRecord {
  readonly kind: JobKind;
  readonly deviceId: string;
  /** Time of the request (`Clock.nowMs`). */
  readonly askedMs: number;
  /** Time at which the result was needed, as known at the end of the job. Undefined: the job had no deadline then. */
  readonly deadlineMs: number | undefined;
  /** True: the job was requested as a guess. */
  readonly guessed: boolean;
  /** Time at which it became certain that the result is needed. Undefined: it never did. */
  readonly wantedMs: number | undefined;
  /** Time at which the caller cancelled the job. */
  readonly cancelledMs: number | undefined;
  readonly playing: boolean;
  readonly predictedMs: number;
  /** Time at which the job got a slot. Undefined: it got none. */
  readonly startedMs: number | undefined;
  readonly endedMs: number;
  readonly result: 'done' | 'failed' | 'cancelled' | 'queue_timeout';
}

/** Records what happens to one job, and reports the record when the job ends. */
export class JobRecorder {
  readonly #askedMs: number;
  #wantedMs: number | undefined;
  #cancelledMs: number | undefined;
  #startedMs: number | undefined;

  constructor(
    private readonly request: SlotRequest,
    private readonly clock: Clock,
    private readonly tell: ((job: JobRecord) => void) | undefined,
  ) {
    this.#askedMs = clock.nowMs();
    if (request.deadlineMs !== undefined) this.#wantedMs = this.#askedMs;
    request.guess?.onConfirmed(() => (this.#wantedMs ??= clock.nowMs()));
  }

  started(): void {
    this.#startedMs = this.clock.nowMs();
  }

  cancelled(): void {
    this.#cancelledMs = this.clock.nowMs();
  }

  over(result: JobRecord['result']): void {
    const { kind, deviceId, deadlineMs, guess, predictedMs, playing = false } = this.request;
    this.tell?.({
      kind,
      deviceId,
      askedMs: this.#askedMs,
      deadlineMs: guess ? guess.deadlineMs : deadlineMs,
      guessed: guess !== undefined,
      wantedMs: this.#wantedMs,
      cancelledMs: this.#cancelledMs,
      playing,
      predictedMs,
      startedMs: this.#startedMs,
      endedMs: this.clock.nowMs(),
      result,
    });
  }
}
