import type { Guess } from './guess.js';

/** Kinds of local inference; a bounded set of metric labels. */
export type JobKind = 'asr' | 'tts';

export interface SlotRequest {
  readonly kind: JobKind;
  /** Device, for fairness: it has at most one running and one queued TTS job, and one ASR job. */
  readonly deviceId: string;
  /**
   * Time at which the result is needed (`Clock.nowMs`). If both this and `guess` are undefined, the job runs in a slot
   * that is idle now, or is dropped.
   */
  readonly deadlineMs: number | undefined;
  /** Replaces the deadline of speculative work. */
  readonly guess?: Guess | undefined;
  /**
   * Work for another program, not for a device. It runs after all other work. With several slots it leaves one free for
   * devices.
   */
  readonly background?: boolean | undefined;
  /** True: the device is playing and has no more sound at the deadline, so a missed deadline is heard as a gap. */
  readonly playing?: boolean;
  /** Expected time inside the slot. */
  readonly predictedMs: number;
  /**
   * The engine that runs the job, if it does fewer jobs at once than there are slots. The job waits for the engine
   * among the others, where it can be reordered and cancelled.
   */
  readonly pool?: EnginePool | undefined;
}

/** An engine, and how many jobs it does at once (`asr.pool_size`). */
export interface EnginePool {
  readonly id: string;
  readonly size: number;
}

export interface SlotGrant {
  readonly waitedMs: number;
}

/**
 * The one pool of CPU slots of the machine. At most `slots` jobs run; the others wait where
 * they can be reordered, cancelled and timed out.
 */
export interface Slots {
  /**
   * Runs `work` once a slot is free: earliest `deadline - predicted` first. Rejects with `capacity.queue_full`,
   * `capacity.queue_timeout`, the signal's reason, or the error of `work`. A dropped job rejects with Cancelled.
   */
  run<T>(
    request: SlotRequest,
    signal: AbortSignal,
    work: (signal: AbortSignal, grant: SlotGrant) => Promise<T>,
  ): Promise<T>;
}

/** Gives permission to talk. A permit is released when the turn is over, also when it failed. */
export interface Admission {
  /** Admits the device at once. Undefined: there is no room now, and the device was refused. */
  tryAdmit(deviceId: string): TalkPermit | undefined;
  /**
   * Waits up to `waitMs`; undefined if no room came and the device was refused. Devices refused ten times in a row go
   * first, then conversations (`lastTurnEndedMs` under 30 s ago), then new devices, the longest refused first.
   */
  admit(
    deviceId: string,
    lastTurnEndedMs: number | undefined,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<TalkPermit | undefined>;
  /** Records that a waiting device was answered "busy"; called before its signal is aborted. */
  turnedAway(deviceId: string): void;
  /** Frees the seat of a device that is gone, because its conversation will not go on. */
  release(deviceId: string): void;
}

export interface TalkPermit {
  /** Call it when the reply is heard: by then most of the turn's work is done. */
  answered(): void;
  release(): void;
}
