/** Controls for the source that fills a {@link ChunkStream}. */
export interface ChunkSource {
  /** Stops reading from the network, because too many bytes are unread. */
  pause(): void;
  resume(): void;
  /** Ends the source: the reader has left or has read everything. Called once. */
  close(): void;
}

/** A paused source resumes when only this share of the limit is unread. */
const RESUME_SHARE = 0.5;

/**
 * Transfers bytes from a connection that pushes to a reader that pulls. Bytes from before a failure are still
 * delivered. The source is closed when the reader leaves the loop. There may be only one reader.
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
     * Number of unread bytes at which the source is paused. Bytes that are already on their way may exceed this number.
     */
    private readonly maxBytes: number,
  ) {}

  /** Adds bytes. Ignored after the end. */
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

  /** Ends the stream with an error. The reader first gets the bytes that came before it. */
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
