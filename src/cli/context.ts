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
  /**
   * The command that starts this installation. Undefined means `npx chorus`, which works in the installation's folder.
   */
  readonly command?: string;
  /** Writes results, which a script may read. */
  readonly out: (text: string) => void;
  /** Writes everything except results. */
  readonly err: (text: string) => void;
  readonly terminal: boolean;
  readonly colours: ReturnType<typeof picocolors.createColors>;
  /** Aborted by Ctrl+C (SIGINT) or SIGTERM. */
  readonly interrupted: AbortSignal;
  /**
   * Keeps the process alive when its output can no longer be written. Undefined if lost output never ends the process.
   */
  readonly outliveOutput?: () => void;
  /**
   * Aborts `interrupted` when standard input ends. If it is a pipe, it ends even if the parent process is killed.
   * Undefined if standard input is not read.
   */
  readonly stopWhenInputEnds?: () => void;
}

export const DEFAULT_DATA_FOLDER = './data';

/** ` --data FOLDER` for a command that is shown to a person. Empty for the default folder. */
export function dataFlag(data: string): string {
  if (data === DEFAULT_DATA_FOLDER) return '';
  return ` --data ${/^[\w@%+=:,./-]+$/.test(data) ? data : `'${data.replaceAll("'", `'\\''`)}'`}`;
}

/** Flags of every command that reads the configuration. */
export interface ConfigFlags {
  readonly data: string;
  readonly config?: string;
  readonly set: readonly string[];
}

export interface JsonFlags extends ConfigFlags {
  readonly json?: boolean;
}

export { packageVersion } from '../core/index.js';
