import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import type { readRunDelays } from './run-delay.js';
import type { spawnChild } from './spawn.js';

/**
 * Added to the niceness of the main process, whose pacer goes first. At niceness 10, a child would get only a tenth of
 * the CPU share of another program; at 4 it gets four tenths (docs/adr/0001-processes.md).
 */
export const CHILD_NICENESS = 4;
/** Time limit for the start of a child process of speech, which loads native libraries. */
export const CHILD_START_TIMEOUT_MS = 60_000;

/** Start options of a supervised child process. */
export interface ChildOptions {
  /** `listening`, `asr`, `tts`, `speaking`: a bounded set, it labels metrics. */
  readonly name: string;
  readonly entry: { readonly file: string; readonly execArgv: readonly string[] };
  /** Added to the few variables that every child gets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly niceness: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** The child ends with this scope. */
  readonly scope: Scope;
  readonly startTimeoutMs: number;
  /** First message to each incarnation of the child. */
  readonly init: unknown;
  /** Unsolicited message from the child. */
  onEvent?(event: unknown): void;
  /** The child died. Its state is lost, and posts are refused until {@link onRestart}. Not called by `close`. */
  onLost?(): void;
  /** A new child is ready after one was lost: rebuild the state that is kept in it. */
  onRestart?(): void;
  /** A child is ready, the first one too, however long that took. Follows {@link onRestart}. */
  onReady?(): void;
  /** For tests: the program used in place of `nice`. */
  readonly niceCommand?: string;
  /** For tests: {@link readRunDelays}. */
  readonly runDelays?: typeof readRunDelays;
  /** For tests: {@link spawnChild}. */
  readonly spawn?: typeof spawnChild;
}
