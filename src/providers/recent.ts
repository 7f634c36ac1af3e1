export class Recent<T> {
  /** The least recently used value is first. */
  readonly #values = new Map<string, T>();

  constructor(private readonly most: number) {}

  of(key: string, make: () => T): T {
    const value = this.#values.get(key) ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (oldest !== undefined && this.#values.size > this.most) this.#values.delete(oldest);
    return value;
  }
}
