import type { Clock, TimerHandle } from '../../../core/index.js';
import type { DelayHistogram } from '../../statistics.js';

export interface TimedDelivery {
  readonly count: number;
  /** Time on the clock at which item `index` is due. A later item must not be due earlier. */
  dueMs(index: number): number;
  send(index: number): void;
}

/**
 * If a timer is late, all due items are sent at once, so that the stream does not fall behind. Resolves after the last
 * item. Rejects with the signal's reason.
 */
export function deliver(
  clock: Clock,
  lateness: DelayHistogram,
  delivery: TimedDelivery,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: TimerHandle | undefined;
    let index = 0;
    const onAbort = (): void => {
      timer?.cancel();
      reject(signal.reason);
    };
    const run = (): void => {
      try {
        const nowMs = clock.nowMs();
        for (; index < delivery.count && delivery.dueMs(index) <= nowMs; index++) {
          lateness.add(nowMs - delivery.dueMs(index));
          delivery.send(index);
        }
      } catch (error) {
        signal.removeEventListener('abort', onAbort);
        reject(error);
        return;
      }
      if (index < delivery.count) {
        timer = clock.after(delivery.dueMs(index) - clock.nowMs(), run);
        return;
      }
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    run();
  });
}
