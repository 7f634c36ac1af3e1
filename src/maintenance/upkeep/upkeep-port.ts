import type { Bilingual } from '../../core/index.js';
/** What is done regularly so that a server runs for years. */
export type UpkeepTaskName = (typeof UPKEEP_TASKS)[number];

/** In this order: what frees space comes first, a copy of the database before it is tidied. */
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
 * How a task went. `attention`: done, and a person should look at what it found. `skipped`: it had a reason not to run.
 */
export interface TaskOutcome {
  readonly outcome: 'done' | 'attention' | 'skipped';
  readonly said: Bilingual;
}

export interface TaskContext {
  readonly signal: AbortSignal;
  /** Nothing is changed; what would be is reported. */
  readonly dryRun: boolean;
}

export interface UpkeepTask {
  readonly name: UpkeepTaskName;
  /** Others wait for what it does, so it is only done while nobody talks. */
  readonly quiet?: boolean;
  /** Errors: whatever the work throws; the other tasks are not concerned. */
  run(context: TaskContext): Promise<TaskOutcome>;
}

/** The last time that a task was run. */
export interface TaskRecord {
  readonly name: UpkeepTaskName;
  /** Wall clock. */
  readonly startedAtMs: number;
  readonly tookMs: number;
  readonly outcome: TaskOutcome['outcome'] | 'failed';
  /** Failed: a row of docs/errors.md. */
  readonly code?: string | undefined;
  readonly said: Bilingual;
}

/** The database, as upkeep needs it. The signal ends what is under way. */
export interface StoreUpkeep {
  /** Looks through the whole database; empty: all is well. */
  check(signal: AbortSignal): Promise<readonly string[]>;
  /** Writes a copy that can be restored, and removes all but the newest `keep`. */
  backup(keep: number, signal: AbortSignal): Promise<{ readonly file: string; readonly bytes: number }>;
  /** Removes the turns that were over before. Resolves with their number. */
  pruneHistory(beforeMs: number, signal: AbortSignal, keepTurns: number): Promise<number>;
  /** Gives back the space of what was removed. Sizes in bytes; undefined: not known. */
  vacuum(
    signal: AbortSignal,
  ): Promise<{ readonly beforeBytes: number | undefined; readonly afterBytes: number | undefined }>;
}
