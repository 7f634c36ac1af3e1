import type { DeviceStore } from '../platform/store/device-store-port.js';
import { createHash } from 'node:crypto';
import { ChorusError } from '../core/index.js';
import { hashPassword, matchesHash, newPassword } from './password-hash.js';

/** The part of a database that keeps the hash of the password. Several servers may share the database. */
export type SecretKeeper = Pick<DeviceStore, 'findSecret' | 'secret' | 'replaceSecret'>;

export interface AdminPasswordOptions {
  readonly store: SecretKeeper;
  /** The configured `admin.password`. It takes precedence over the password in the store. */
  readonly configured: () => string | undefined;
  /** scrypt's parameter N for new hashes. Tests lower N to save time. */
  readonly cost?: number;
}

const SECRET_NAME = 'admin-password';
/** Applies to new passwords. A configured `admin.password` may be shorter. */
export const PASSWORD_LEAST_CHARS = 12;

/** The password for the admin page. The store contains only its hash. */
export class AdminPassword {
  #last: Promise<unknown> = Promise.resolve();
  #configured: { readonly password: string; readonly hash: string } | undefined;
  #made: string | undefined;

  private constructor(
    private readonly options: AdminPasswordOptions,
    private hash: string,
    made: string | undefined,
  ) {
    this.#made = made;
  }

  /** Makes a password if none is stored or configured. Error: `store.failed`. */
  static async open(options: AdminPasswordOptions): Promise<AdminPassword> {
    const kept = await options.store.findSecret(SECRET_NAME);
    if (kept !== undefined) return new AdminPassword(options, kept, undefined);
    if (options.configured() !== undefined) return new AdminPassword(options, '', undefined);
    const made = newPassword();
    return new AdminPassword(options, await hashPassword(made, options.cost), made);
  }

  /** The password that {@link open} made, to be shown once. Undefined if it made none, or if another replaced it. */
  get made(): string | undefined {
    return this.#made;
  }

  /**
   * Stores the hash of the new password. Call this just before you show the password, so that no unsaved one is ever
   * shown. If several servers start at once, the first stored password wins. Error: `store.failed`.
   */
  async keep(): Promise<void> {
    if (this.#made !== undefined) this.#take(await this.options.store.secret(SECRET_NAME, () => this.hash));
  }

  /** False if the password was removed from the configuration and none is stored. */
  get isSet(): boolean {
    return this.fixed || this.hash !== '';
  }

  /** True if the password comes from the configuration. It can be changed only there. */
  get fixed(): boolean {
    return this.options.configured() !== undefined;
  }

  /** Changes with the password. A session that has an older stamp is ended. */
  get stamp(): string {
    const configured = this.options.configured();
    return createHash('sha256')
      .update(configured === undefined ? `kept ${this.hash}` : `configured ${configured}`)
      .digest('base64url');
  }

  /** Waits for a password change in progress, so that the old password is not accepted after it. */
  matches(password: string): Promise<boolean> {
    return this.#inTurn(() => this.#matches(password));
  }

  async #matches(password: string): Promise<boolean> {
    const configured = this.options.configured();
    if (configured === undefined) {
      await this.#look();
      return matchesHash(password, this.hash);
    }
    // A configured password is hashed, too, so that checking it takes as long as checking a stored one.
    if (this.#configured?.password !== configured)
      this.#configured = { password: configured, hash: await hashPassword(configured, this.options.cost) };
    return matchesHash(password, this.#configured.hash);
  }

  /** Takes over a password that another server stored. Sessions with the old stamp then end. Never rejects. */
  look(): Promise<void> {
    return this.fixed ? Promise.resolve() : this.#inTurn(() => this.#look());
  }

  /** While the database is unreachable, the last known hash remains valid. */
  async #look(): Promise<void> {
    const kept = await this.options.store.findSecret(SECRET_NAME).catch(() => undefined);
    if (kept !== undefined) this.#take(kept);
  }

  #take(hash: string): void {
    if (hash === this.hash) return;
    this.hash = hash;
    this.#made = undefined;
  }

  /** Errors: `admin.password_refused`, `store.failed`. */
  change(next: string): Promise<void> {
    return this.#inTurn(() => this.#change(next));
  }

  async #change(next: string): Promise<void> {
    if (this.fixed)
      throw new ChorusError(
        'admin.password_refused',
        'the password comes from admin.password or CHORUS_ADMIN_PASSWORD, and is changed there',
        { details: { because: 'fixed' } },
      );
    this.#take(await keepPassword(this.options.store, next, this.options.cost));
  }

  /** Runs one task at a time, because each hash needs 32 MB. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const answer = this.#last.then(work);
    this.#last = answer.catch(() => undefined);
    return answer;
  }
}

/** Stores and returns the hash. Needs no running server. Errors: `admin.password_refused`, `store.failed`. */
export async function keepPassword(store: SecretKeeper, next: string, cost?: number): Promise<string> {
  if (next.length < PASSWORD_LEAST_CHARS)
    throw new ChorusError('admin.password_refused', `the password is shorter than ${PASSWORD_LEAST_CHARS} characters`, {
      details: { because: 'short' },
    });
  const hash = await hashPassword(next, cost);
  await store.replaceSecret(SECRET_NAME, hash);
  return hash;
}
