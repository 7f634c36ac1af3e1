import type { Bilingual } from '../../core/index.js';
/** Name of a task that is run regularly so that a server can run for years. */
export type UpkeepTaskName = (typeof UPKEEP_TASKS)[number];

/**
 * The tasks in the order in which they run. Those that free space come first, and the database is copied before it is
 * compacted.
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

/**
 * Outcome of a task. `attention`: the task was done, but a person should look at its result. `skipped`: there was a
 * reason not to run the task.
 */
export interface TaskOutcome {
  readonly outcome: 'done' | 'attention' | 'skipped';
  readonly said: Bilingual;
}

export interface TaskContext {
  readonly signal: AbortSignal;
  /** True: the task changes nothing and reports the changes that it would make. */
  readonly dryRun: boolean;
}

export interface UpkeepTask {
  readonly name: UpkeepTaskName;
  /** True: the task blocks other work, so it runs only while nobody talks. */
  readonly quiet?: boolean;
  /** Runs the task. Rejects with any error of its work; other tasks run all the same. */
  run(context: TaskContext): Promise<TaskOutcome>;
}

/** The last run of a task. */
export interface TaskRecord {
  readonly name: UpkeepTaskName;
  /** Wall-clock time. */
  readonly startedAtMs: number;
  readonly tookMs: number;
  readonly outcome: TaskOutcome['outcome'] | 'failed';
  /** If the task failed, the error's code in docs/errors.md. */
  readonly code?: string | undefined;
  readonly said: Bilingual;
}

/** Limits of the stored audio. */
export interface AudioLimits {
  readonly beforeMs: number;
  readonly maxBytes: number;
}

/** Upkeep's interface to the database. The signal ends the current operation. */
export interface StoreUpkeep {
  /** Checks the whole database. Empty: no problems. */
  check(signal: AbortSignal): Promise<readonly string[]>;
  /** Writes a copy that can be restored, and removes all but the newest `keep`. */
  backup(keep: number, signal: AbortSignal): Promise<{ readonly file: string; readonly bytes: number }>;
  /** Removes the turns that ended before `beforeMs`. Resolves with their number. */
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
