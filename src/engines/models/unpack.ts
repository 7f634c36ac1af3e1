import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import { childEntry } from '../processes/spawn.js';
import { sizeOf } from './files.js';
import { runInOwnChild } from '../processes/one-job.js';

export interface UnpackCall {
  /** `.tar.bz2`, `.tar.gz` or `.tar`, recognised by the first bytes. */
  readonly archive: string;
  /** Paths in the archive or in its outermost folder. `name/` extracts the content of a folder. */
  readonly names: readonly string[];
  readonly destination: string;
}

export interface UnpackAnswer {
  readonly unpacked: readonly string[];
}

/** How much of the archive has been read. */
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

/** bzip2 in JavaScript takes 100 to 200 ms per MB on a desktop. The job's limit is ten times this, for small boards. */
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
