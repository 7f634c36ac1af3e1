import { createHash, randomBytes } from 'node:crypto';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Clock } from '../core/index.js';
import { sameSecret } from '../platform/inbound/index.js';

/** A browser in which the admin has signed in. */
export interface AdminSession {
  /** Not a secret. */
  readonly id: number;
  readonly csrf: string;
  readonly expiresAtMs: number;
  /** True if the password was entered within the last {@link PROOF_MS}. */
  readonly proven: boolean;
}

export interface SessionsOptions {
  readonly clock: Clock;
  /** Stamp of the current password, see `AdminPassword.stamp`. A session with another stamp is invalid. */
  readonly stamp: () => string;
  /** Called once for each session that ends. */
  readonly onEnd: (id: number) => void;
}

interface Entry {
  readonly id: number;
  readonly csrf: string;
  readonly stamp: string;
  readonly madeMs: number;
  seenMs: number;
  provenMs: number;
}

export const SESSION_IDLE_MS = 12 * HOUR_MS;
export const SESSION_LONGEST_MS = 7 * DAY_MS;
/** Sensitive requests are accepted for this long after the password was entered. */
export const PROOF_MS = 5 * MINUTE_MS;
const MAX_SESSIONS = 100;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** Sessions are kept in memory, so everybody signs in again after a restart. Each sign-in opens a new session. */
export class AdminSessions {
  /** Keyed by the hash of the secret, so that no usable secret is kept. The least recently used session comes first. */
  readonly #entries = new Map<string, Entry>();
  #lastId = 0;

  constructor(private readonly options: SessionsOptions) {}

  get size(): number {
    return this.#entries.size;
  }

  /** Returns the secret for the cookie. The secret is not stored anywhere. */
  open(): { readonly secret: string; readonly session: AdminSession } {
    const secret = randomBytes(32).toString('base64url');
    const nowMs = this.options.clock.nowMs();
    const entry: Entry = {
      id: ++this.#lastId,
      csrf: randomBytes(32).toString('base64url'),
      stamp: this.options.stamp(),
      madeMs: nowMs,
      seenMs: nowMs,
      provenMs: nowMs,
    };
    this.sweep();
    if (this.#entries.size >= MAX_SESSIONS) this.#end(this.#entries.keys().next().value);
    this.#entries.set(hashOf(secret), entry);
    return { secret, session: this.#view(entry) };
  }

  /** Also marks the session as used now. */
  find(secret: string | undefined): AdminSession | undefined {
    if (secret === undefined || !SECRET.test(secret)) return undefined;
    const key = hashOf(secret);
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (this.#isOver(entry)) {
      this.#end(key);
      return undefined;
    }
    entry.seenMs = this.options.clock.nowMs();
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return this.#view(entry);
  }

  isOpen(id: number): boolean {
    for (const entry of this.#entries.values()) if (entry.id === id) return !this.#isOver(entry);
    return false;
  }

  prove(id: number): void {
    for (const entry of this.#entries.values()) if (entry.id === id) entry.provenMs = this.options.clock.nowMs();
  }

  close(id: number): void {
    for (const [key, entry] of this.#entries) if (entry.id === id) this.#end(key);
  }

  /** Call this after the password was changed. */
  closeAllBut(id: number | undefined): void {
    for (const [key, entry] of this.#entries) {
      if (entry.id === id) this.#entries.set(key, { ...entry, stamp: this.options.stamp() });
      else this.#end(key);
    }
  }

  sweep(): void {
    for (const [key, entry] of this.#entries) if (this.#isOver(entry)) this.#end(key);
  }

  #isOver({ stamp, madeMs, seenMs }: Entry): boolean {
    const nowMs = this.options.clock.nowMs();
    return nowMs - seenMs >= SESSION_IDLE_MS || nowMs - madeMs >= SESSION_LONGEST_MS || stamp !== this.options.stamp();
  }

  #end(key = ''): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.options.onEnd(entry.id);
  }

  #view({ id, csrf, madeMs, seenMs, provenMs }: Entry): AdminSession {
    const { clock } = this.options;
    const leftMs = Math.min(seenMs + SESSION_IDLE_MS, madeMs + SESSION_LONGEST_MS) - clock.nowMs();
    return { id, csrf, expiresAtMs: clock.wallMs() + leftMs, proven: clock.nowMs() - provenMs < PROOF_MS };
  }
}

export function isCsrf(session: AdminSession, shown: string | undefined): boolean {
  return shown !== undefined && sameSecret(shown, session.csrf);
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
