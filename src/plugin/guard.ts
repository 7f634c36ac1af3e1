import { setImmediate as nextMacrotask } from 'node:timers/promises';
import { ChorusError, isErrorCode, type ErrorCode } from '../core/index.js';

const MAX_REASON_CHARS = 300;
/** After this many items in a row, other work gets a turn. Otherwise a flood of items would block the process. */
const ITEMS_A_TURN = 32;

/**
 * Converts an error of a plug-in to an error of the server. The plug-in's code is kept if it has the same prefix as
 * `otherwise`. `instanceof` is not used, because the plug-in may have its own copy of the error class.
 */
export function pluginError(plugin: string, thrown: unknown, otherwise: ErrorCode): ChorusError {
  const { code } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as { code?: unknown };
  const kind = otherwise.slice(0, otherwise.indexOf('.') + 1);
  const own = typeof code === 'string' && isErrorCode(code) && code.startsWith(kind);
  const known = own ? code : otherwise;
  return new ChorusError(known, `the plug-in ${plugin}: ${reasonOf(thrown)}`, {
    cause: thrown,
    details: { plugin, reason: reasonOf(thrown) },
  });
}

export function reasonOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return message.slice(0, MAX_REASON_CHARS) || 'an error without words';
}

/** Rejects at once with the signal's reason when the signal is aborted, even if `work` continues. */
export async function untilAborted<T>(signal: AbortSignal, work: () => T | PromiseLike<T>): Promise<T> {
  signal.throwIfAborted();
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([aborted, work()]);
  } finally {
    over.abort();
  }
}

export interface GuardedStream<T> {
  /** Returns the item if it is valid, and throws otherwise. */
  readonly check: (item: unknown) => T;
  readonly maxItems: number;
  readonly fail: (thrown: unknown) => Error;
}

/** Checks and limits the items of a plug-in's stream. Throws at once when the signal is aborted. */
export async function* guardStream<T>(
  open: () => AsyncIterable<unknown>,
  signal: AbortSignal,
  { check, maxItems, fail }: GuardedStream<T>,
): AsyncGenerator<T> {
  let iterator: AsyncIterator<unknown> | undefined;
  let ended = false;
  try {
    const items = open()[Symbol.asyncIterator]();
    iterator = items;
    for (let count = 0; ; count++) {
      const next = await untilAborted(signal, () => items.next());
      if (next.done === true) {
        ended = true;
        return;
      }
      if (count >= maxItems) throw new Error(`more than ${maxItems} pieces`);
      if (count % ITEMS_A_TURN === ITEMS_A_TURN - 1) await nextMacrotask();
      yield check(next.value);
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : fail(error);
  } finally {
    if (!ended && iterator) closeIterator(iterator);
  }
}

/** Closes the iterator without waiting, because the iterator may never answer. */
function closeIterator(iterator: AsyncIterator<unknown>): void {
  try {
    iterator.return?.().then(undefined, () => undefined);
  } catch {
    // The iterator is not used any more, so its error does not matter.
  }
}

/** Calls a function of a plug-in. Returns `otherwise` if the function throws or returns another type. */
export function valueOr<T>(otherwise: T, isIt: (value: unknown) => value is T, ask: () => unknown): T {
  try {
    const value = ask();
    return isIt(value) ? value : otherwise;
  } catch {
    return otherwise;
  }
}

export const isDuration = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;
