import { backoffMs, HOUR_MS, MINUTE_MS, type Backoff, type Clock } from '../core/index.js';
import { TokenBucket } from '../platform/inbound/index.js';

/** People mistype, so the first wrong passwords cause no pause. */
const FREE_TRIES = 5;
const PAUSES: Backoff = { firstMs: 1000, mostMs: 15 * MINUTE_MS };
/** Wrong passwords are forgotten after an hour without a try. */
const FORGET_AFTER_MS = HOUR_MS;
/**
 * Shared by all sources of one kind, because an attacker may use many addresses. The values allow 20 tries at once and
 * then 6 a minute, which is 8,640 a day. A generated password has 79 bits.
 */
const TOTAL = { burst: 20, perSecond: 0.1 };
const MAX_SOURCES = 10_000;

interface Source {
  readonly failures: number;
  readonly atMs: number;
  readonly pauseMs: number;
}

/** Where a try comes from: the server's own network, elsewhere, or a browser that has signed in before. */
export type SignInFrom = 'near' | 'far' | 'known';

/** Limits password guesses. Other people's guesses never lock out a browser that has signed in before. */
export class SignInLimit {
  readonly #sources = new Map<string, Source>();
  readonly #trusted = new Set<string>();
  readonly #total: Readonly<Record<'near' | 'far', TokenBucket>>;

  constructor(private readonly clock: Clock) {
    this.#total = { near: new TokenBucket(TOTAL, clock), far: new TokenBucket(TOTAL, clock) };
  }

  /**
   * Returns 0 if the password may be checked, else the milliseconds to wait. A try counts as wrong until {@link
   * succeeded} is called, so simultaneous tries all count.
   */
  begin(source: string, from: SignInFrom = 'far'): number {
    const waitMs = this.waitMs(source, from);
    if (waitMs > 0) return waitMs;
    this.#totalOf(source, from)?.take();
    const failures = (this.#before(source)?.failures ?? 0) + 1;
    const pauseMs = failures <= FREE_TRIES ? 0 : backoffMs(failures - FREE_TRIES, PAUSES);
    this.#remember(source, { failures, atMs: this.clock.nowMs(), pauseMs });
    return 0;
  }

  /** Milliseconds until the next try is allowed. Does not count as a try. */
  waitMs(source: string, from: SignInFrom = 'far'): number {
    const before = this.#before(source);
    const waitMs = before === undefined ? 0 : before.atMs + before.pauseMs - this.clock.nowMs();
    if (waitMs > 0) return Math.ceil(waitMs);
    return this.#totalOf(source, from)?.empty === true ? Math.ceil(1000 / TOTAL.perSecond) : 0;
  }

  succeeded(source: string): void {
    this.#sources.delete(source);
    this.#trusted.delete(source);
    if (this.#trusted.size >= MAX_SOURCES) this.#trusted.delete(this.#trusted.values().next().value ?? '');
    this.#trusted.add(source);
  }

  /** Undefined if the total limit does not apply: for a known browser, or for a source that has signed in. */
  #totalOf(source: string, from: SignInFrom): TokenBucket | undefined {
    return from === 'known' || this.#trusted.has(source) ? undefined : this.#total[from];
  }

  #before(source: string): Source | undefined {
    const known = this.#sources.get(source);
    return known !== undefined && this.clock.nowMs() - known.atMs < FORGET_AFTER_MS ? known : undefined;
  }

  #remember(source: string, entry: Source): void {
    this.#sources.delete(source);
    // Forgets the source that was idle longest. An attacker can force this, but the total limit still applies.
    if (this.#sources.size >= MAX_SOURCES) this.#sources.delete(this.#sources.keys().next().value ?? '');
    this.#sources.set(source, entry);
  }
}
