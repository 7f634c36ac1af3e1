import type { Guess } from './guess.js';

/** Kinds of local inference, which are also labels of metrics. */
export type JobKind = 'asr' | 'tts';

export interface SlotRequest {
  readonly kind: JobKind;
  /**
   * The device that the job is for. CPU time is shared fairly between devices, and each has at most one running job of
   * each kind.
   */
  readonly deviceId: string;
  /**
   * When the result is needed (`Clock.nowMs`). A job with neither a deadline nor a `guess` runs only if a slot is idle
   * now.
   */
  readonly deadlineMs: number | undefined;
  /** Set for speculative work, instead of a deadline. */
  readonly guess?: Guess | undefined;
  /**
   * True for work that no device waits for, such as work for another program. It goes after all jobs except guesses.
   * If there are several slots, one stays free.
   */
  readonly background?: boolean | undefined;
  /** True if a late result is audible as a gap. */
  readonly playing?: boolean;
  /** How long the job is expected to occupy a slot. */
  readonly predictedMs: number;
  /** The engine that runs the job, if it runs fewer jobs at once than there are slots. */
  readonly pool?: EnginePool | undefined;
}

/** An engine and the number of jobs that it can run at once (`asr.pool_size`). */
export interface EnginePool {
  readonly id: string;
  readonly size: number;
}

export interface SlotGrant {
  readonly waitedMs: number;
}

/** The machine's CPU slots. Each slot runs one job at a time, and further jobs wait in a queue. */
export interface Slots {
  /**
   * Runs `work` once a slot is free. Usually the job with the earliest `deadline - predicted` runs first. Rejects with
   * `capacity.queue_full`, `capacity.queue_timeout`, the signal's reason, or the error of `work`. A dropped job rejects
   * with Cancelled.
   */
  run<T>(
    request: SlotRequest,
    signal: AbortSignal,
    work: (signal: AbortSignal, grant: SlotGrant) => Promise<T>,
  ): Promise<T>;
}

/** Gives permission to talk. The caller must release each permit when the turn is over, even after an error. */
export interface Admission {
  /** Undefined if there is no room now. The device is then recorded as refused. */
  tryAdmit(deviceId: string): TalkPermit | undefined;
  /**
   * Waits up to `waitMs` for room, else records the device as refused and returns undefined. Devices refused ten times
   * in a row come first, then conversations, then new devices. Each group is in the order of the first request.
   */
  admit(
    deviceId: string,
    lastTurnEndedMs: number | undefined,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<TalkPermit | undefined>;
  /** Records that a waiting device was told that the server is busy. Call this before its signal is aborted. */
  turnedAway(deviceId: string): void;
  /** Call this when a device has left. */
  release(deviceId: string): void;
}

export interface TalkPermit {
  /** Call this when the reply begins to play. Most of the turn's work is done by then. */
  answered(): void;
  release(): void;
}
