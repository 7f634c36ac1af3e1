import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import type { readRunDelays } from './run-delay.js';
import type { spawnChild } from './spawn.js';

/**
 * Added to the niceness of the main process, so that its pacer takes precedence. At niceness 10, a child would get only
 * a tenth of the CPU share of another program. At 4 it gets four tenths (docs/adr/0001-processes.md).
 */
export const CHILD_NICENESS = 4;
/** Time limit for the start of a speech process, which loads native libraries. */
export const CHILD_START_TIMEOUT_MS = 60_000;

/** Start options of a supervised child process. */
export interface ChildOptions {
  /** `listening`, `asr`, `tts`, `speaking`. The set is bounded, because the name labels metrics. */
  readonly name: string;
  readonly entry: { readonly file: string; readonly execArgv: readonly string[] };
  /** Added to the few environment variables that every child gets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly niceness: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** The child ends when this scope closes. */
  readonly scope: Scope;
  readonly startTimeoutMs: number;
  /** First message to each incarnation of the child. */
  readonly init: unknown;
  /** Called for each unsolicited message from the child. */
  onEvent?(event: unknown): void;
  /**
   * Called when the child died. Its state is lost, and posts are refused until {@link onRestart}. Not called by
   * `close`.
   */
  onLost?(): void;
  /** Called when a new child is ready after the previous one was lost. Rebuild the child's state here. */
  onRestart?(): void;
  /** Called whenever a child is ready, including the first one and after any start time. Follows {@link onRestart}. */
  onReady?(): void;
  /** Program used instead of `nice`, for tests. */
  readonly niceCommand?: string;
  /** Replaces {@link readRunDelays} in tests. */
  readonly runDelays?: typeof readRunDelays;
  /** Replaces {@link spawnChild} in tests. */
  readonly spawn?: typeof spawnChild;
}
