import type { Clock, Logger, Metrics, Scope } from '../../core/index.js';
import { SupervisedChild } from './child.js';
import { childEntry } from './entry.js';
import { sizeOf } from './model-files.js';
import type { UnpackAnswer, UnpackCall, UnpackProgress } from './unpack-protocol.js';

export interface UnpackOptions extends UnpackCall {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  onProgress(readBytes: number, totalBytes: number): void;
}

const START_TIMEOUT_MS = 30_000;
/** bzip2 in JavaScript: 5-10 MB of archive a second on a desktop; a small board gets a tenth, and the supervisor adds its own factor. */
const PREDICTED_MS_PER_MB = 200;

/** Unpacks in a process of its own. Errors: `model.corrupt`, `data.*`, `engine.*`, or the signal's reason. */
export async function unpack(options: UnpackOptions): Promise<readonly string[]> {
  const { archive, names, destination, clock, log, metrics, signal } = options;
  const totalBytes = (await sizeOf(archive)) ?? 0;
  const scope = options.scope.child('unpack');
  const child = new SupervisedChild({
    name: 'unpack',
    entry: childEntry(import.meta.url, 'unpack-child'),
    niceness: 10,
    clock,
    log,
    metrics,
    scope,
    startTimeoutMs: START_TIMEOUT_MS,
    init: {},
    onEvent: (event) => options.onProgress((event as UnpackProgress).readBytes, totalBytes),
  });
  try {
    await child.start();
    const call: UnpackCall = { archive, names, destination };
    const { unpacked } = await child.call<UnpackAnswer>(call, { predictedMs: (totalBytes / 2 ** 20) * PREDICTED_MS_PER_MB, signal });
    return unpacked;
  } finally {
    await scope.close();
  }
}
