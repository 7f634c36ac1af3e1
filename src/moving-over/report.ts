import type { Bilingual } from '../core/index.js';
import type { OldProblem } from './old-settings.js';
import type { PlannedDevice } from './planned.js';

/** An old key whose value is now that of a new one. */
export interface TakenEntry {
  readonly from: string;
  /** A key of the configuration, or where else it went (`devices`, `agents`, `database`). */
  readonly to: string;
  /** As it may be shown: on one line, secrets as `***`. */
  readonly value: string;
}

/** An old key that has no counterpart, or whose value cannot be taken. */
export interface LeftEntry {
  readonly from: string;
  readonly why: Bilingual;
}

export interface TodoEntry {
  readonly from: string;
  readonly what: Bilingual;
}

/** What an import did or would do; holds no secret. */
export interface ImportReport {
  readonly files: readonly string[];
  readonly problems: readonly OldProblem[];
  readonly taken: readonly TakenEntry[];
  readonly left: readonly LeftEntry[];
  readonly todo: readonly TodoEntry[];
  /** Those that come into the database. */
  readonly devices: readonly PlannedDevice[];
  /** Providers of each module that were not selected and are not read. */
  readonly notSelected: Readonly<Record<string, readonly string[]>>;
  /** Keys that are as that server comes; Chorus's own defaults take their place. */
  readonly untouched: number;
}
