import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import type { readRunDelays } from './run-delay.js';
import type { spawnChild } from './spawn.js';

/**
 * Added to the niceness of the main process, so that its pacer, which sends audio in time, takes precedence. At
 * niceness 10, a child would get only a tenth of the CPU share of another program. At 4 it gets four tenths
 * (docs/adr/0001-processes.md).
 */
export const CHILD_NICENESS = 4;
/** Time limit for the start of a speech process. It is long, because native libraries must be loaded. */
export const CHILD_START_TIMEOUT_MS = 60_000;

/** How a supervised child process is started. */
export interface ChildOptions {
  /** `listening`, `asr`, `tts`, `speaking`. There must be few names, because they label metrics. */
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
   * Called when the child died. Its state is lost, and messages to it are refused until {@link onRestart}. Not called
   * after `close`.
   */
  onLost?(): void;
  /** Called when a new child is ready after the previous one died. Rebuild the child's state here. */
  onRestart?(): void;
  /** Called whenever a child is ready, including the first one, after {@link onRestart} if that is called. */
  onReady?(): void;
  /** Program used instead of `nice`. For tests. */
  readonly niceCommand?: string;
  /** Replaces {@link readRunDelays} in tests. */
  readonly runDelays?: typeof readRunDelays;
  /** Replaces {@link spawnChild} in tests. */
  readonly spawn?: typeof spawnChild;
}
