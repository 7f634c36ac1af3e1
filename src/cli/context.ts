import type picocolors from 'picocolors';
import type { Clock, UiLanguage } from '../core/index.js';
import type { Environment } from '../config/index.js';
import type { Messages } from './words/index.js';

/** What a command needs to talk to a person or to a script. */
export interface CliContext {
  readonly language: UiLanguage;
  readonly words: Messages;
  readonly env: Environment;
  readonly clock: Clock;
  /** How this installation is called; undefined: as in its own folder. */
  readonly command?: string;
  /** Results: what a script would read. */
  readonly out: (text: string) => void;
  /** Everything else. */
  readonly err: (text: string) => void;
  readonly terminal: boolean;
  readonly colours: ReturnType<typeof picocolors.createColors>;
  /** Aborted by Ctrl+C. */
  readonly interrupted: AbortSignal;
  /**
   * From now on the process does not end because what it says cannot be written (its reader has gone, the disk is
   * full). Undefined: nothing that it says ends it.
   */
  readonly outliveOutput?: () => void;
}

/** Where a command looks for the data when nothing else is said. */
export const DEFAULT_DATA_FOLDER = './data';

/** ` --data FOLDER` for a command that is proposed; empty for the folder that commands take by themselves. */
export function dataFlag(data: string): string {
  if (data === DEFAULT_DATA_FOLDER) return '';
  return ` --data ${/^[\w@%+=:,./-]+$/.test(data) ? data : `'${data.replaceAll("'", `'\\''`)}'`}`;
}

/** Flags that every command which reads the configuration has. */
export interface ConfigFlags {
  readonly data: string;
  readonly config?: string;
  readonly set: readonly string[];
}

/** Flags of a command that reads the configuration and can print JSON. */
export interface ConfigCommandFlags extends ConfigFlags {
  readonly json?: boolean;
}

export { packageVersion } from '../composition/package-version.js';
