import type { Clock } from '../core/index.js';
import type { JobKind, SlotRequest } from './capacity-port.js';

/** What happened to a queued job, in enough detail to replay the job. Written when the job is over. */
export interface JobRecord {
  readonly kind: JobKind;
  readonly deviceId: string;
  /** Time of the request (`Clock.nowMs`). */
  readonly askedMs: number;
  /** When the result was needed, as known at the end of the job. Undefined if there was no deadline. */
  readonly deadlineMs: number | undefined;
  readonly guessed: boolean;
  /** When it became certain that the result is needed. Undefined if that never happened. */
  readonly wantedMs: number | undefined;
  readonly cancelledMs: number | undefined;
  readonly playing: boolean;
  readonly predictedMs: number;
  /** When the job got a slot. Undefined if it got none. */
  readonly startedMs: number | undefined;
  readonly endedMs: number;
  readonly result: 'done' | 'failed' | 'cancelled' | 'queue_timeout';
}

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
