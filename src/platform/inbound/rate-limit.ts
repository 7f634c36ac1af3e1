import type { Clock } from '../../core/index.js';

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
  /** A refused take adds to the debt, up to this number of tokens. By default a refused take costs nothing. */
  readonly debt?: number;
}

/** Rate at which one source may present wrong keys, tokens or addresses. */
export const WRONG_CREDENTIALS: Rate = { burst: 30, perSecond: 0.2 };

export class TokenBucket {
  #tokens: number;
  #atMs: number;

  constructor(
    private readonly rate: Rate,
    private readonly clock: Clock,
  ) {
    this.#tokens = rate.burst;
    this.#atMs = clock.nowMs();
  }

  /** Returns false if there are too few tokens. A refused take adds to the debt, if {@link Rate.debt} allows one. */
  take(count = 1): boolean {
    this.#refill();
    const enough = this.#tokens >= count;
    if (enough) this.#tokens -= count;
    else if (this.rate.debt !== undefined) this.#tokens = Math.max(-this.rate.debt, this.#tokens - count);
    return enough;
  }

  /** Puts back a token that was taken but not needed. */
  give(): void {
    this.#tokens = Math.min(this.rate.burst, this.#tokens + 1);
  }

  get empty(): boolean {
    this.#refill();
    return this.#tokens < 1;
  }

  #refill(): void {
    const nowMs = this.clock.nowMs();
    this.#tokens = Math.min(this.rate.burst, this.#tokens + ((nowMs - this.#atMs) / 1000) * this.rate.perSecond);
    this.#atMs = nowMs;
  }
}

/** The least recently used key is dropped beyond this number. */
const MAX_KEYS = 10_000;

export class RateLimiter {
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(
    private readonly rate: Rate,
    private readonly clock: Clock,
    private readonly maxKeys = MAX_KEYS,
  ) {}

  take(key: string): boolean {
    return this.bucket(key).take();
  }

  give(key: string): void {
    this.#buckets.get(key)?.give();
  }

  /** Tells whether the next {@link take} would fail. Stores nothing about an unused key. */
  exhausted(key: string): boolean {
    return this.#buckets.get(key)?.empty ?? false;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Returns a key's bucket, for callers that take often. Marks the key as just used. */
  bucket(key: string): TokenBucket {
    const known = this.#buckets.get(key);
    const bucket = known ?? new TokenBucket(this.rate, this.clock);
    // A Map keeps insertion order, so the first key is the least recently used.
    if (known) this.#buckets.delete(key);
    else if (this.#buckets.size >= this.maxKeys) this.#buckets.delete(this.#buckets.keys().next().value ?? '');
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

/** A key with count 0 uses no memory. */
export class Tally {
  readonly #counts = new Map<string, number>();

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: string): void {
    this.#counts.set(key, this.of(key) + 1);
  }

  remove(key: string): void {
    const left = this.of(key) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }
}
