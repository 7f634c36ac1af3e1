import { createHash, randomBytes } from 'node:crypto';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Clock } from '../core/index.js';
import { sameSecret } from '../platform/inbound/index.js';

/** A browser in which the admin has signed in. */
export interface AdminSession {
  /** Internal id, not a secret. */
  readonly id: number;
  readonly csrf: string;
  readonly expiresAtMs: number;
  /** The password was entered in this browser within the last {@link PROOF_MS}. */
  readonly proven: boolean;
}

export interface SessionsOptions {
  readonly clock: Clock;
  /** Stamp of the current password, see `AdminPassword.stamp`. A session with another stamp is no longer valid. */
  readonly stamp: () => string;
  /** Called for each session that has ended, for any reason. */
  readonly onEnd: (id: number) => void;
}

interface Entry {
  readonly id: number;
  readonly csrf: string;
  readonly stamp: string;
  readonly madeMs: number;
  seenMs: number;
  /** When the password was last entered. */
  provenMs: number;
}

export const SESSION_IDLE_MS = 12 * HOUR_MS;
export const SESSION_LONGEST_MS = 7 * DAY_MS;
/** How long after the password was entered sensitive requests are accepted. */
export const PROOF_MS = 5 * MINUTE_MS;
const MAX_SESSIONS = 100;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

/**
 * Signed-in browsers. They are kept in memory, so after a restart everybody signs in again. A session is identified by
 * a secret of 256 random bits, of which only the hash is stored. Each sign-in opens a new session and never continues
 * an existing one.
 */
export class AdminSessions {
  /** Sessions by the hash of their secret; the least recently used one comes first. */
  readonly #entries = new Map<string, Entry>();
  #lastId = 0;

  constructor(private readonly options: SessionsOptions) {}

  get size(): number {
    return this.#entries.size;
  }

  /** Opens a session. The secret is for the cookie and is not stored anywhere. */
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

  /** Finds the session that belongs to a cookie's secret, and marks the session as used now. */
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

  /** Records that the password was entered again. */
  prove(id: number): void {
    for (const entry of this.#entries.values()) if (entry.id === id) entry.provenMs = this.options.clock.nowMs();
  }

  close(id: number): void {
    for (const [key, entry] of this.#entries) if (entry.id === id) this.#end(key);
  }

  /** Ends every session except the given one. Call this after the password was changed. */
  closeAllBut(id: number | undefined): void {
    for (const [key, entry] of this.#entries) {
      if (entry.id === id) this.#entries.set(key, { ...entry, stamp: this.options.stamp() });
      else this.#end(key);
    }
  }

  /** Ends expired sessions. */
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

/** Whether the CSRF header belongs to the session. */
export function isCsrf(session: AdminSession, shown: string | undefined): boolean {
  return shown !== undefined && sameSecret(shown, session.csrf);
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
