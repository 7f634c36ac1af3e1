import type { Bilingual } from '../core/index.js';
import type { OldProblem } from './old-settings.js';

export interface TakenEntry {
  readonly from: string;
  /** A key of the configuration, or another target such as `devices` or `database`. */
  readonly to: string;
  /** Value for display in one line. Secrets are `***`. */
  readonly value: string;
}

export interface LeftEntry {
  readonly from: string;
  readonly why: Bilingual;
}

export interface TodoEntry {
  readonly from: string;
  readonly what: Bilingual;
}

export interface ImportReport {
  readonly files: readonly string[];
  readonly problems: readonly OldProblem[];
  readonly taken: readonly TakenEntry[];
  readonly left: readonly LeftEntry[];
  readonly todo: readonly TodoEntry[];
  readonly devices: readonly PlannedDevice[];
  /** Providers that were not selected, by module. */
  readonly notSelected: Readonly<Record<string, readonly string[]>>;
  /** Number of keys with the old server's defaults. The defaults of Chorus replace them. */
  readonly untouched: number;
}

export interface PlannedDevice {
  readonly deviceId: string;
  readonly board: string | undefined;
  readonly firmwareVersion: string | undefined;
  readonly language: string;
  readonly name: string | undefined;
  readonly agentId: string | undefined;
  readonly user: string | undefined;
}
