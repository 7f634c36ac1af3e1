import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import type { readRunDelays } from './run-delay.js';
import type { spawnChild } from './spawn.js';

/**
 * Added to the niceness of the main process, so that children do not delay its audio. At 4, a child gets four tenths of
 * another program's CPU share. At 10, it gets only a tenth (docs/adr/0001-processes.md).
 */
export const CHILD_NICENESS = 4;
/** Long, because native libraries must be loaded. */
export const CHILD_START_TIMEOUT_MS = 60_000;

export interface ChildOptions {
  /** For example `listening` or `asr`. There must be few names, because they label metrics. */
  readonly name: string;
  readonly entry: { readonly file: string; readonly execArgv: readonly string[] };
  /** Variables in addition to the few that every child inherits. */
  readonly env?: Readonly<Record<string, string>>;
  readonly niceness: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** The child ends when this scope closes. */
  readonly scope: Scope;
  readonly startTimeoutMs: number;
  /** First message to each new process. */
  readonly init: unknown;
  /** Called for each unsolicited message from the child. */
  onEvent?(event: unknown): void;
  /**
   * A child died or could not start, and its state is lost. Posts are refused until {@link onReady}. Not called after
   * `close`.
   */
  onLost?(): void;
  /** Rebuild the child's state here, after the previous child died. */
  onRestart?(): void;
  /** Called for every child that becomes ready, including the first. Follows {@link onRestart}. */
  onReady?(): void;
  /** Replaces `nice` in tests. */
  readonly niceCommand?: string;
  /** Replaces {@link readRunDelays} in tests. */
  readonly runDelays?: typeof readRunDelays;
  /** Replaces {@link spawnChild} in tests. */
  readonly spawn?: typeof spawnChild;
}
