import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { ChorusError, type Clock, sleep } from '../../core/index.js';
import { isErrno, diskError } from './files.js';

/** A lock that was not renewed for this long belongs to a dead process. */
const DEFAULT_STALE_MS = 10_000;
const RETRY_MS = 1_000;

export interface LockOptions {
  readonly directory: string;
  readonly id: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called if the lock is lost because its renewal failed for too long. The holder must then stop writing. */
  onLost(error: Error): void;
  /** How long a lock lasts without renewal, at least 2 s. Replaced in tests. */
  readonly staleMs?: number;
  /** Longest wait for the lock. The default is slightly longer than a dead process's lock lasts. */
  readonly waitMs?: number;
}

/**
 * No other process can pull a locked model. Resolves with a function that releases the lock. Errors: `model.busy`,
 * `data.*`, or the signal's reason.
 */
export async function lockModel(options: LockOptions): Promise<() => Promise<void>> {
  const { directory, id, clock, signal } = options;
  const folder = join(directory, '.locks');
  const staleMs = options.staleMs ?? DEFAULT_STALE_MS;
  const deadlineMs = clock.nowMs() + (options.waitMs ?? staleMs + 2 * RETRY_MS);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw diskError(error);
  }
  for (;;) {
    signal.throwIfAborted();
    try {
      return await lock(join(folder, id), {
        lockfilePath: join(folder, `${id}.lock`),
        stale: staleMs,
        update: Math.max(1_000, staleMs / 4),
        realpath: false,
        onCompromised: (error) => options.onLost(error),
      });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ELOCKED'))
        throw isErrno(error) ? diskError(error) : error;
      if (clock.nowMs() >= deadlineMs)
        throw new ChorusError('model.busy', `another process is pulling ${id}`, { cause: error, details: { id } });
    }
    await sleep(clock, RETRY_MS, signal);
  }
}
