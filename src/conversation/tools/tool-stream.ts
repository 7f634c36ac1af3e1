import { type ChorusError, waitAtMost, type Clock } from '../../core/index.js';
import { toolFailed, toolFailure, toolTimeout } from './tool-errors.js';

/** Several minutes of speech. */
export const MAX_STREAM_CHARS = 4000;
/** Limit on pieces, which also ends a stream that sends only empty text. */
const MAX_PIECES = 2000;
/** Limit for the sum of all waits. */
const MAX_WAIT_MS = 60_000;
const DONE: IteratorResult<string, undefined> = { done: true, value: undefined };

export interface ToolStreamOptions {
  readonly clock: Clock;
  /** Limit for each single wait. */
  readonly pieceMs: number;
  readonly signal: AbortSignal;
  /** Called when nobody reads the stream any more, so that the tool may stop. */
  readonly onLeft: () => void;
  /** Called when the tool has ended, after `onLeft`. */
  readonly onEnd: () => void;
}

export function isStream(returned: unknown): returned is AsyncIterable<unknown> {
  return typeof returned === 'object' && returned !== null && Symbol.asyncIterator in returned;
}

/**
 * The text of a running tool, for one reader. An abort ends the stream at once, even if the tool ignores the signal.
 * Errors: `tool.*`, or the signal's reason.
 */
export class ToolStream implements AsyncIterableIterator<string, undefined> {
  readonly #pieces: AsyncIterator<unknown>;
  #first: IteratorResult<string, undefined> | undefined;
  #chars = 0;
  #count = 0;
  #waitedMs = 0;
  #over = false;

  constructor(
    source: AsyncIterable<unknown>,
    private readonly options: ToolStreamOptions,
  ) {
    this.#pieces = source[Symbol.asyncIterator]();
    options.signal.addEventListener('abort', this.#close, { once: true });
  }

  /**
   * Waits for the first text. Returns false if the stream is empty. Rejects if the tool fails before its first text.
   */
  async open(): Promise<boolean> {
    this.#first = await this.#read();
    return this.#first.done !== true;
  }

  async next(): Promise<IteratorResult<string, undefined>> {
    const first = this.#first;
    this.#first = undefined;
    return first ?? this.#read();
  }

  return(): Promise<IteratorResult<string, undefined>> {
    this.#close();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #read(): Promise<IteratorResult<string, undefined>> {
    const { clock, pieceMs, signal } = this.options;
    try {
      while (!this.#over && this.#chars < MAX_STREAM_CHARS && this.#count < MAX_PIECES) {
        const beganMs = clock.nowMs();
        const mostMs = Math.min(pieceMs, Math.max(0, MAX_WAIT_MS - this.#waitedMs));
        // The remaining time may be 0, so the error names the limit of all waits.
        const boundMs = mostMs < pieceMs ? MAX_WAIT_MS : pieceMs;
        const onTimeout = (): ChorusError => toolTimeout(Math.round(boundMs / 1000));
        const { done, value } = await waitAtMost(clock, mostMs, signal, onTimeout, () => this.#pieces.next());
        this.#waitedMs += clock.nowMs() - beganMs;
        this.#count += 1;
        if (done === true) break;
        if (typeof value !== 'string') throw toolFailed(({ calls }) => calls.unreadable);
        const piece = value.slice(0, MAX_STREAM_CHARS - this.#chars);
        this.#chars += piece.length;
        if (piece !== '') return { done: false, value: piece };
      }
    } catch (error) {
      this.#close();
      signal.throwIfAborted();
      throw toolFailure(error);
    }
    this.#close();
    return DONE;
  }

  readonly #close = (): void => {
    if (this.#over) return;
    this.#over = true;
    const { signal, onLeft, onEnd } = this.options;
    signal.removeEventListener('abort', this.#close);
    onLeft();
    // `onEnd` may come much later, because a busy generator ends only after its current step.
    Promise.resolve()
      .then(() => this.#pieces.return?.())
      .catch(() => undefined)
      .finally(onEnd);
  };
}

/** Ends a stream that nobody reads, because it would keep its tool running. */
export function leave(stream: AsyncIterable<string> | undefined): void {
  stream?.[Symbol.asyncIterator]()
    .return?.()
    .catch(() => undefined);
}

/** Errors: those of {@link ToolStream}. */
export async function wholeText(answer: {
  readonly text: string;
  readonly stream?: AsyncIterable<string>;
}): Promise<string> {
  let text = answer.text;
  for await (const piece of answer.stream ?? []) text += piece;
  return text;
}
