import { backoffMs, HOUR_MS, MINUTE_MS, type Backoff, type Clock } from '../core/index.js';
import { TokenBucket } from '../platform/inbound/index.js';

/** How many wrong passwords a source may enter before it has to pause: people mistype. */
const FREE_TRIES = 5;
/** The pause before the next try grows with each further wrong password. */
const PAUSES: Backoff = { firstMs: 1000, mostMs: 15 * MINUTE_MS };
/** If a source makes no try for this long, its wrong passwords are forgotten. */
const FORGET_AFTER_MS = HOUR_MS;
/**
 * Limit for all sources in the server's own network together, and another for all sources outside it, so that using
 * many addresses does not allow many guesses. 20 at once and then 6 a minute are 8,640 a day; a generated password has
 * 79 bits.
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

/**
 * Limits password guesses. A try counts when it begins, so that a thousand simultaneous tries count as a thousand.
 * Other people's guesses do not lock out a browser that has signed in before, and guesses from the internet do not lock
 * out the server's own network.
 */
export class SignInLimit {
  readonly #sources = new Map<string, Source>();
  readonly #trusted = new Set<string>();
  readonly #total: Readonly<Record<'near' | 'far', TokenBucket>>;

  constructor(private readonly clock: Clock) {
    this.#total = { near: new TokenBucket(TOTAL, clock), far: new TokenBucket(TOTAL, clock) };
  }

  /**
   * Begins a try. Returns 0 if the password may be checked; the try then counts as wrong until {@link succeeded} is
   * called. Otherwise returns how many milliseconds to wait, and the try does not count.
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

  /** Milliseconds until the next try is allowed; 0: now. Asking does not count as a try. */
  waitMs(source: string, from: SignInFrom = 'far'): number {
    const before = this.#before(source);
    const waitMs = before === undefined ? 0 : before.atMs + before.pauseMs - this.clock.nowMs();
    if (waitMs > 0) return Math.ceil(waitMs);
    return this.#totalOf(source, from)?.empty === true ? Math.ceil(1000 / TOTAL.perSecond) : 0;
  }

  /** Call this when the password was right. */
  succeeded(source: string): void {
    this.#sources.delete(source);
    this.#trusted.delete(source);
    if (this.#trusted.size >= MAX_SOURCES) this.#trusted.delete(this.#trusted.values().next().value ?? '');
    this.#trusted.add(source);
  }

  /** The total limit that this source shares with others. Undefined: a known browser shares none. */
  #totalOf(source: string, from: SignInFrom): TokenBucket | undefined {
    return from === 'known' || this.#trusted.has(source) ? undefined : this.#total[from];
  }

  #before(source: string): Source | undefined {
    const known = this.#sources.get(source);
    return known !== undefined && this.clock.nowMs() - known.atMs < FORGET_AFTER_MS ? known : undefined;
  }

  #remember(source: string, entry: Source): void {
    this.#sources.delete(source);
    // Makes room by forgetting the source that was idle longest. An attacker could force this with many addresses, but
    // the total limit still applies.
    if (this.#sources.size >= MAX_SOURCES) this.#sources.delete(this.#sources.keys().next().value ?? '');
    this.#sources.set(source, entry);
  }
}
