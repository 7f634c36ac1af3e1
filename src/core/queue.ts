export type WhenFull = 'dropOldest' | 'reject';

export class BoundedQueue<T> {
  #items: T[] = [];
  #dropped = 0;

  constructor(
    readonly capacity: number,
    readonly whenFull: WhenFull,
  ) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError('capacity must be a positive integer');
  }

  get size(): number {
    return this.#items.length;
  }

  /** Number of items that were lost because the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** False if an item was lost, either the oldest item or the new one. */
  push(item: T): boolean {
    if (this.#items.length < this.capacity) {
      this.#items.push(item);
      return true;
    }
    this.#dropped += 1;
    if (this.whenFull === 'dropOldest') {
      this.#items.shift();
      this.#items.push(item);
    }
    return false;
  }

  shift(): T | undefined {
    return this.#items.shift();
  }

  drain(): T[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }
}
