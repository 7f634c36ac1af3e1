import type { Clock } from '../core/index.js';
import type { JobKind, SlotRequest } from './capacity-port.js';

/** What became of a job that had a place in the queue, when its slot is free again (or when it left the queue): enough to let it happen once more. */
export interface JobRecord {
  readonly kind: JobKind;
  readonly deviceId: string;
  /** `Clock.nowMs`. */
  readonly askedMs: number;
  /** Of the end, if it was told one: when the result was wanted. */
  readonly deadlineMs: number | undefined;
  /** It was begun, or waited, on a guess. */
  readonly guessed: boolean;
  /** Since when it was certain that the result is wanted; undefined: it never was. */
  readonly wantedMs: number | undefined;
  /** The caller let go of it. */
  readonly cancelledMs: number | undefined;
  readonly playing: boolean;
  readonly predictedMs: number;
  /** Undefined: it did not get a slot. */
  readonly startedMs: number | undefined;
  readonly endedMs: number;
  readonly result: 'done' | 'failed' | 'cancelled' | 'queue_timeout';
}

/** Notes what happens to one job, and tells it when it is over. */
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
