import type { Guess } from './guess.js';

/** Kinds of local inference; a bounded set of metric labels. */
export type JobKind = 'asr' | 'tts';

export interface SlotRequest {
  readonly kind: JobKind;
  /** Device, for fairness. It may have one running and one queued TTS job, and one ASR job. */
  readonly deviceId: string;
  /**
   * Time at which the result is needed (`Clock.nowMs`). If both this and `guess` are undefined, the job runs in a slot
   * that is idle now or is dropped.
   */
  readonly deadlineMs: number | undefined;
  /** Replaces the deadline of speculative work. */
  readonly guess?: Guess | undefined;
  /**
   * Work for another program, not for a device. It runs after all other work. If there are several slots, it leaves one
   * free for devices.
   */
  readonly background?: boolean | undefined;
  /** True: the device is playing and has no more audio at the deadline, so a missed deadline is audible as a gap. */
  readonly playing?: boolean;
  /** Expected time inside the slot. */
  readonly predictedMs: number;
  /**
   * The engine that runs the job, if its concurrency is lower than the number of slots. The job waits for the engine in
   * the common queue, where it can be reordered and cancelled.
   */
  readonly pool?: EnginePool | undefined;
}

/** An engine with its number of concurrent jobs (`asr.pool_size`). */
export interface EnginePool {
  readonly id: string;
  readonly size: number;
}

export interface SlotGrant {
  readonly waitedMs: number;
}

/**
 * The machine's pool of CPU slots. At most `slots` jobs run. The others wait in a queue, where they can be reordered,
 * cancelled and timed out.
 */
export interface Slots {
  /**
   * Runs `work` once a slot is free. The job with the earliest `deadline - predicted` runs first. Rejects with
   * `capacity.queue_full`, `capacity.queue_timeout`, the signal's reason, or the error of `work`. A dropped job rejects
   * with Cancelled.
   */
  run<T>(
    request: SlotRequest,
    signal: AbortSignal,
    work: (signal: AbortSignal, grant: SlotGrant) => Promise<T>,
  ): Promise<T>;
}

/** Gives permission to talk. The caller releases a permit when the turn is over, even if it failed. */
export interface Admission {
  /** Admits the device at once. Undefined: there is no room now, and the device counts as refused. */
  tryAdmit(deviceId: string): TalkPermit | undefined;
  /**
   * Waits up to `waitMs`. Returns undefined if no seat became free; the device then counts as refused. Devices refused
   * ten times in a row come first, then conversations (`lastTurnEndedMs` under 30 s ago), then new devices, the longest
   * refused first.
   */
  admit(
    deviceId: string,
    lastTurnEndedMs: number | undefined,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<TalkPermit | undefined>;
  /** Records that a waiting device was answered "busy". Call it before its signal is aborted. */
  turnedAway(deviceId: string): void;
  /** Frees the seat of a device that has left, because its conversation will not continue. */
  release(deviceId: string): void;
}

export interface TalkPermit {
  /** Call it when the reply begins to play. Most of the turn's work is done by then. */
  answered(): void;
  release(): void;
}
