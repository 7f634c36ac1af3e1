import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import { childEntry } from '../processes/spawn.js';
import { sizeOf } from './files.js';
import { runInOwnChild } from '../processes/one-job.js';

/** A job for the unpacking process. */
export interface UnpackCall {
  /** `.tar.bz2`, `.tar.gz` or `.tar`, recognised by its first bytes. */
  readonly archive: string;
  /**
   * Files to take, by their path in the archive without the outermost folder. `name/` takes the content of a folder.
   * Nothing else is written.
   */
  readonly names: readonly string[];
  readonly destination: string;
}

export interface UnpackAnswer {
  readonly unpacked: readonly string[];
}

/** Sent now and then: how much of the archive was read. */
export interface UnpackProgress {
  readonly readBytes: number;
}

export interface UnpackOptions extends UnpackCall {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  onProgress(readBytes: number, totalBytes: number): void;
}

/**
 * bzip2 in JavaScript: 5-10 MB of archive a second on a desktop; a small board gets a tenth, and the supervisor adds
 * its own factor.
 */
const PREDICTED_MS_PER_MB = 200;

/** Unpacks in a process of its own. Errors: `model.corrupt`, `data.*`, `engine.*`, or the signal's reason. */
export async function unpack(options: UnpackOptions): Promise<readonly string[]> {
  const { archive, names, destination, clock, log, metrics, signal } = options;
  const totalBytes = (await sizeOf(archive)) ?? 0;
  const call: UnpackCall = { archive, names, destination };
  const { unpacked } = await runInOwnChild<UnpackAnswer>(call, {
    name: 'unpack',
    entry: childEntry(import.meta.url, 'unpack-child'),
    clock,
    log,
    metrics,
    scope: options.scope.child('unpack'),
    onEvent: (event) => options.onProgress((event as UnpackProgress).readBytes, totalBytes),
    predictedMs: (totalBytes / 2 ** 20) * PREDICTED_MS_PER_MB,
    signal,
  });
  return unpacked;
}
