import type { Bilingual } from '../core/index.js';
import type { OldProblem } from './old-settings.js';

/** An old key that was imported. */
export interface TakenEntry {
  readonly from: string;
  /** A key of the configuration, or another target (`devices`, `agents`, `database`). */
  readonly to: string;
  /** Value for display in one line. Secrets are `***`. */
  readonly value: string;
}

/** An old key without a counterpart, or with a value that cannot be imported. */
export interface LeftEntry {
  readonly from: string;
  readonly why: Bilingual;
}

export interface TodoEntry {
  readonly from: string;
  readonly what: Bilingual;
}

/** Reports what moving over did or would do. It contains no secret. */
export interface ImportReport {
  readonly files: readonly string[];
  readonly problems: readonly OldProblem[];
  readonly taken: readonly TakenEntry[];
  readonly left: readonly LeftEntry[];
  readonly todo: readonly TodoEntry[];
  /** Devices that are added to the database. */
  readonly devices: readonly PlannedDevice[];
  /** Providers of each module that were not selected, and were therefore not read. */
  readonly notSelected: Readonly<Record<string, readonly string[]>>;
  /** Number of keys with the old server's defaults. The defaults of Chorus replace them. */
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
  /** The user to whom the device was bound. */
  readonly user: string | undefined;
}
