/**
 * Maps keys to values, limited by their total weight. The least recently used values are evicted first. A value that
 * exceeds the limit alone is not kept.
 */
export class ByteLru<V> {
  /** Entries in order of use, the oldest first. */
  readonly #entries = new Map<string, { readonly value: V; readonly bytes: number }>();
  #bytes = 0;

  constructor(private readonly maxBytes: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Returns the value and counts it as used. */
  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Stores a value and returns the evicted keys. */
  set(key: string, value: V, bytes: number): readonly string[] {
    this.delete(key);
    if (bytes > this.maxBytes) return [key];
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    const gone: string[] = [];
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.maxBytes) break;
      this.delete(oldest);
      gone.push(oldest);
    }
    return gone;
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#bytes -= entry.bytes;
    this.#entries.delete(key);
  }
}
