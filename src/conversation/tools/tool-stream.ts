import { type ChorusError, waitAtMost, type Clock } from '../../core/index.js';
import { toolFailed, toolFailure, toolTimeout } from './tool-errors.js';

/** Longest text that one call may stream, several minutes of speech. */
export const MAX_STREAM_CHARS = 4000;
/** Maximum number of pieces, so that a stream of empty pieces ends. */
const MAX_PIECES = 2000;
/** Longest total time that a reader waits for the pieces of a stream. */
const MAX_WAIT_MS = 60_000;
const DONE: IteratorResult<string, undefined> = { done: true, value: undefined };

export interface ToolStreamOptions {
  readonly clock: Clock;
  /** Longest wait for one piece. */
  readonly pieceMs: number;
  /** Ends the stream. */
  readonly signal: AbortSignal;
  /** Called when the reader has left, so that the tool may stop. */
  readonly onLeft: () => void;
  /** Called when the tool has ended, perhaps after `onLeft`. */
  readonly onEnd: () => void;
}

/** True if a tool has returned pieces of text instead of an answer. */
export function isStream(returned: unknown): returned is AsyncIterable<unknown> {
  return typeof returned === 'object' && returned !== null && Symbol.asyncIterator in returned;
}

/**
 * The text of a running tool for one reader, limited in length and time. It ends as soon as the signal is aborted,
 * whether or not the tool obeys. Errors: `tool.*`, or the signal's reason.
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

  /** Waits for the first piece, so that a tool that fails at once fails like any other. False: there is no piece. */
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
        // The remaining time may be 0, so the error names the total limit.
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
    // A busy generator ends only after its current step.
    Promise.resolve()
      .then(() => this.#pieces.return?.())
      .catch(() => undefined)
      .finally(onEnd);
  };
}

/** Ends a stream that is no longer read, so that its tool stops. */
export function leave(stream: AsyncIterable<string> | undefined): void {
  stream?.[Symbol.asyncIterator]()
    .return?.()
    .catch(() => undefined);
}

/** Reads the whole text of an answer that is not spoken. Errors: as {@link ToolStream}. */
export async function wholeText(answer: {
  readonly text: string;
  readonly stream?: AsyncIterable<string>;
}): Promise<string> {
  let text = answer.text;
  for await (const piece of answer.stream ?? []) text += piece;
  return text;
}
