import type { Bilingual } from '../core/index.js';
import type { OldProblem } from './old-settings.js';

/** An old key that was imported. */
export interface TakenEntry {
  readonly from: string;
  /** A key of the configuration, or another target (`devices`, `agents`, `database`). */
  readonly to: string;
  /** Value for display, on one line; secrets are `***`. */
  readonly value: string;
}

/** An old key that has no counterpart, or whose value cannot be imported. */
export interface LeftEntry {
  readonly from: string;
  readonly why: Bilingual;
}

export interface TodoEntry {
  readonly from: string;
  readonly what: Bilingual;
}

/** Report of the actions that moving over did or would do. Contains no secret. */
export interface ImportReport {
  readonly files: readonly string[];
  readonly problems: readonly OldProblem[];
  readonly taken: readonly TakenEntry[];
  readonly left: readonly LeftEntry[];
  readonly todo: readonly TodoEntry[];
  /** Devices that are added to the database. */
  readonly devices: readonly PlannedDevice[];
  /** Providers of each module that were not selected, and therefore not read. */
  readonly notSelected: Readonly<Record<string, readonly string[]>>;
  /** Number of keys at the old server's defaults, which the defaults of Chorus replace. */
  readonly untouched: number;
}

/** A device to be added to the database. */
export interface PlannedDevice {
  readonly deviceId: string;
  readonly board: string | undefined;
  readonly firmwareVersion: string | undefined;
  readonly language: string;
  readonly name: string | undefined;
  readonly agentId: string | undefined;
  /** The user who had bound it. */
  readonly user: string | undefined;
}
