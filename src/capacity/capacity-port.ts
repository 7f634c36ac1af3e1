import type { Guess } from './guess.js';

/** Kinds of local inference; a bounded set of metric labels. */
export type JobKind = 'asr' | 'tts';

export interface SlotRequest {
  readonly kind: JobKind;
  /** The device, so that CPU time is shared fairly. It may have one running and one queued TTS job, and one ASR job. */
  readonly deviceId: string;
  /**
   * Time at which the result is needed (`Clock.nowMs`). If both this and `guess` are undefined, the job is dropped
   * unless a slot is idle now.
   */
  readonly deadlineMs: number | undefined;
  /** Set for speculative work, instead of a deadline. */
  readonly guess?: Guess | undefined;
  /**
   * Work for another program, not for a device. It runs only when no other job waits. If there are several slots, it
   * leaves one free for devices.
   */
  readonly background?: boolean | undefined;
  /** True: the device is playing and has no more audio after the deadline, so a late result is audible as a gap. */
  readonly playing?: boolean;
  /** How long the job is expected to occupy its slot. */
  readonly predictedMs: number;
  /**
   * The engine that runs the job, if the engine can run fewer jobs at once than there are slots. The job waits for the
   * engine in the common queue, where it can be reordered and cancelled.
   */
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

/**
 * The machine's pool of CPU slots. At most `slots` jobs run at once. The others wait in a queue, where they can be
 * reordered, cancelled and timed out.
 */
export interface Slots {
  /**
   * Runs `work` once a slot is free. The job with the earliest `deadline - predicted` runs first. Rejects with
   * `capacity.queue_full`, `capacity.queue_timeout`, the signal's reason, or the error of `work`. If the job is
   * dropped, rejects with Cancelled.
   */
  run<T>(
    request: SlotRequest,
    signal: AbortSignal,
    work: (signal: AbortSignal, grant: SlotGrant) => Promise<T>,
  ): Promise<T>;
}

/** Gives permission to talk. The caller releases a permit when the turn is over, even if the turn failed. */
export interface Admission {
  /** Admits the device at once. Undefined: there is no room now, and the device is recorded as refused. */
  tryAdmit(deviceId: string): TalkPermit | undefined;
  /**
   * Waits up to `waitMs` for a seat. Returns undefined if none became free; the device is then recorded as refused.
   * Devices refused ten times in a row come first, then conversations (`lastTurnEndedMs` under 30 s ago), then new
   * devices, starting with the one that was refused first.
   */
  admit(
    deviceId: string,
    lastTurnEndedMs: number | undefined,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<TalkPermit | undefined>;
  /** Records that a waiting device was told that the server is busy. Call it before its signal is aborted. */
  turnedAway(deviceId: string): void;
  /** Frees the seat of a device that has left. */
  release(deviceId: string): void;
}

export interface TalkPermit {
  /** Call it when the reply begins to play, because most of the turn's work is done by then. */
  answered(): void;
  release(): void;
}
