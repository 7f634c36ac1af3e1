import type { Bilingual } from '../../core/index.js';
/** Name of a task that runs regularly so that a server can run for years. */
export type UpkeepTaskName = (typeof UPKEEP_TASKS)[number];

/**
 * The tasks in the order in which they run. The first two free space, which the copies need. The database is copied
 * before it is pruned and compacted.
 */
export const UPKEEP_TASKS = [
  'leftovers',
  'logs',
  'config_backup',
  'store_check',
  'store_backup',
  'history',
  'store_vacuum',
  'memory',
  'performance',
] as const;

export function isUpkeepTask(name: string): name is UpkeepTaskName {
  return (UPKEEP_TASKS as readonly string[]).includes(name);
}

/** `attention` means that the task is done, but a person should look at the result. A `skipped` task did not run. */
export interface TaskOutcome {
  readonly outcome: 'done' | 'attention' | 'skipped';
  readonly said: Bilingual;
}

export interface TaskContext {
  readonly signal: AbortSignal;
  /** True if the task changes nothing and only reports what it would change. */
  readonly dryRun: boolean;
}

export interface UpkeepTask {
  readonly name: UpkeepTaskName;
  /** True if the task blocks other work. It runs only while nobody talks. */
  readonly quiet?: boolean;
  /** Rejects with any error of its work. Other tasks run all the same. */
  run(context: TaskContext): Promise<TaskOutcome>;
}

export interface TaskRecord {
  readonly name: UpkeepTaskName;
  /** Wall-clock time. */
  readonly startedAtMs: number;
  readonly tookMs: number;
  readonly outcome: TaskOutcome['outcome'] | 'failed';
  /** Code of the error in docs/errors.md, if the task failed. */
  readonly code?: string | undefined;
  readonly said: Bilingual;
}

export interface AudioLimits {
  readonly beforeMs: number;
  readonly maxBytes: number;
}

/** Upkeep's interface to the database. The signal ends the current operation. */
export interface StoreUpkeep {
  /** An empty list means no problems. */
  check(signal: AbortSignal): Promise<readonly string[]>;
  /** Writes a copy that can be restored, and removes all but the newest `keep`. */
  backup(keep: number, signal: AbortSignal): Promise<{ readonly file: string; readonly bytes: number }>;
  /** Removes the turns that ended before `beforeMs`, and the oldest beyond `keepTurns`. Resolves with their number. */
  pruneHistory(beforeMs: number, signal: AbortSignal, keepTurns: number): Promise<number>;
  /**
   * Removes audio of turns that ended before `beforeMs`, the oldest audio beyond `maxBytes`, and audio of deleted
   * turns. Resolves with the number of recordings.
   */
  pruneAudio(limits: AudioLimits, signal: AbortSignal): Promise<number>;
  /** Returns the space of removed data to the system. A size is undefined if it is not known. */
  vacuum(
    signal: AbortSignal,
  ): Promise<{ readonly beforeBytes: number | undefined; readonly afterBytes: number | undefined }>;
}
