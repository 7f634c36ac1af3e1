/** A cancel after the timer has fired does nothing. */
export interface TimerHandle {
  cancel(): void;
}

/** The source of time, which tests replace by their own (`test/fakes/fake-clock.ts`). All values are milliseconds. */
export interface Clock {
  /** Monotonic and fractional. Only differences have a meaning. */
  nowMs(): number;
  /** Milliseconds since the epoch. May jump. */
  wallMs(): number;
  /** Runs `fn` once after `delayMs`. 0 means in a later macrotask. */
  after(delayMs: number, fn: () => void): TimerHandle;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, fn) {
    const timer = setTimeout(fn, Math.max(0, delayMs));
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Rejects with the signal's reason if the signal is aborted first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * The signal of `work` is aborted when `parent` is aborted, or after `timeoutMs` with the error from `onTimeout`.
 * Rejects as soon as the signal is aborted, even if `work` ignores the signal.
 */
export async function withTimeout<T>(
  clock: Clock,
  timeoutMs: number,
  parent: AbortSignal | undefined,
  onTimeout: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const onParentAbort = (): void => controller.abort(parent?.reason);
  if (parent?.aborted) onParentAbort();
  parent?.addEventListener('abort', onParentAbort, { once: true });
  const timer = clock.after(timeoutMs, () => controller.abort(onTimeout()));
  try {
    signal.throwIfAborted();
    return await new Promise<T>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      work(signal).then(resolve, reject);
    });
  } finally {
    timer.cancel();
    parent?.removeEventListener('abort', onParentAbort);
  }
}

/**
 * Rejects with the signal's reason, or after `timeoutMs` with the error from `onTimeout`. Cheaper than {@link
 * withTimeout}, for waits that occur hundreds of times a second. `work` gets no signal and continues after a timeout.
 */
export function waitAtMost<T>(
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
  onTimeout: () => Error,
  work: () => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const working = work();
    const over = (settle: () => void): void => {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const onAbort = (): void => over(() => reject(signal.reason));
    const timer = clock.after(timeoutMs, () => over(() => reject(onTimeout())));
    signal.addEventListener('abort', onAbort);
    working.then(
      (value) => over(() => resolve(value)),
      (error: unknown) => over(() => reject(error)),
    );
  });
}
