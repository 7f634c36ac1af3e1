export interface ChunkSource {
  /** Called when the reader is too slow. */
  pause(): void;
  resume(): void;
  /** Called once, when the reader has stopped or has read everything, or after an abort. */
  close(): void;
}

/** A paused source resumes when only this share of the limit is unread. */
const RESUME_SHARE = 0.5;

/**
 * Buffers the bytes that a connection pushes until the reader pulls them. The source is closed when the reader stops
 * early. Only one reader is allowed.
 */
export class ChunkStream implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #paused = false;
  #done = false;
  #closed = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(
    private readonly source: ChunkSource,
    /**
     * The source is paused at this number of unread bytes. Bytes that are already on their way may exceed this number.
     */
    private readonly maxBytes: number,
  ) {}

  push(chunk: Uint8Array): void {
    if (this.#done) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    if (!this.#paused && this.#bytes >= this.maxBytes) {
      this.#paused = true;
      this.source.pause();
    }
    this.#wake?.();
  }

  end(): void {
    this.#done = true;
    this.#wake?.();
  }

  /** The reader first gets the bytes that came before the error. */
  fail(error: unknown): void {
    if (this.#done) return;
    this.#failure = { error };
    this.end();
  }

  /** Drops unread bytes. The reader gets the error at once. */
  abort(error: unknown): void {
    this.#chunks.length = 0;
    this.#bytes = 0;
    this.#failure = { error };
    this.end();
    this.#close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift();
        if (chunk) {
          this.#bytes -= chunk.byteLength;
          if (this.#paused && this.#bytes <= this.maxBytes * RESUME_SHARE) {
            this.#paused = false;
            this.source.resume();
          }
          yield chunk;
        } else if (this.#failure) {
          throw this.#failure.error;
        } else if (this.#done) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
          this.#wake = undefined;
        }
      }
    } finally {
      this.#done = true;
      this.#close();
    }
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.source.close();
  }
}
