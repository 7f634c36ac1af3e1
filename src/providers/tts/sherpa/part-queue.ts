/** Parts of one synthesis on their way from the engine's events to whoever reads them; one reader. */
export class PartQueue<T> implements AsyncIterable<T> {
  readonly #parts: T[] = [];
  #ended = false;
  #touched = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** Something was pushed. */
  get touched(): boolean {
    return this.#touched;
  }

  push(part: T): void {
    if (this.#ended) return;
    this.#touched = true;
    this.#parts.push(part);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** What was pushed before is still read. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const part = this.#parts.shift();
      if (part !== undefined) yield part;
      else if (this.#failure) throw this.#failure.error;
      else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
