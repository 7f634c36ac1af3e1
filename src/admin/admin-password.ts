import type { DeviceStore } from '../platform/store/device-store-port.js';
import { createHash } from 'node:crypto';
import { ChorusError } from '../core/index.js';
import { hashPassword, matchesHash, newPassword } from './password-hash.js';

/** Store of the hash; several servers may share it. */
export type SecretKeeper = Pick<DeviceStore, 'findSecret' | 'secret' | 'replaceSecret'>;

export interface AdminPasswordOptions {
  readonly store: SecretKeeper;
  /** The configured `admin.password`. It takes precedence over the password in the store. */
  readonly configured: () => string | undefined;
  /** scrypt's N for new hashes. Only tests, where nothing is secret, use less than the default. */
  readonly cost?: number;
}

const SECRET_NAME = 'admin-password';
/** Minimum length of a new password; `admin.password` may be shorter. */
export const PASSWORD_LEAST_CHARS = 12;

/** The password of the page. Only its hash is known, unless it comes from the configuration. */
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

  /**
   * Makes a password if none is stored or configured. It is valid at once; {@link keep} makes it valid for later
   * starts. Error: `store.failed`.
   */
  static async open(options: AdminPasswordOptions): Promise<AdminPassword> {
    const kept = await options.store.findSecret(SECRET_NAME);
    if (kept !== undefined) return new AdminPassword(options, kept, undefined);
    if (options.configured() !== undefined) return new AdminPassword(options, '', undefined);
    const made = newPassword();
    return new AdminPassword(options, await hashPassword(made, options.cost), made);
  }

  /**
   * The password that was just made because there was none. Show it once, after {@link keep}. Undefined: a stored or
   * configured password counts.
   */
  get made(): string | undefined {
    return this.#made;
  }

  /**
   * Stores the new password. Call this just before the password is shown: if the start fails before (for example,
   * because the port is taken), nobody has seen the password. If several servers start at once, the password of the
   * first one counts and only this password is shown. Error: `store.failed`.
   */
  async keep(): Promise<void> {
    if (this.#made !== undefined) this.#take(await this.options.store.secret(SECRET_NAME, () => this.hash));
  }

  /** False: the password was removed from the configuration, and `change` can set a new one. */
  get isSet(): boolean {
    return this.fixed || this.hash !== '';
  }

  /** True: the password comes from the configuration and can be changed only there. */
  get fixed(): boolean {
    return this.options.configured() !== undefined;
  }

  /** A value that changes with the password, so that sessions of an earlier password end. */
  get stamp(): string {
    const configured = this.options.configured();
    return createHash('sha256')
      .update(configured === undefined ? `kept ${this.hash}` : `configured ${configured}`)
      .digest('base64url');
  }

  /** Checks a password. Waits for running changes: a hash that was read before a change must not count after it. */
  matches(password: string): Promise<boolean> {
    return this.#inTurn(() => this.#matches(password));
  }

  async #matches(password: string): Promise<boolean> {
    const configured = this.options.configured();
    if (configured === undefined) {
      await this.#look();
      return matchesHash(password, this.hash);
    }
    // Compares a configured password in the same way as a stored one, so that the check takes as long.
    if (this.#configured?.password !== configured)
      this.#configured = { password: configured, hash: await hashPassword(configured, this.options.cost) };
    return matchesHash(password, this.#configured.hash);
  }

  /**
   * Checks whether another server with the same database changed the password, which ends sessions here. Never rejects.
   */
  look(): Promise<void> {
    return this.fixed ? Promise.resolve() : this.#inTurn(() => this.#look());
  }

  /** Takes over the stored hash. While the database is unreachable, the last known hash counts. */
  async #look(): Promise<void> {
    const kept = await this.options.store.findSecret(SECRET_NAME).catch(() => undefined);
    if (kept !== undefined) this.#take(kept);
  }

  /** Takes over a stored hash. The new {@link stamp} ends sessions of another password. */
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

  /** Runs one piece of work at a time, because each takes 32 MB. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const answer = this.#last.then(work);
    this.#last = answer.catch(() => undefined);
    return answer;
  }
}

/**
 * Stores a password and returns its hash; also for commands while no server runs. Errors: `admin.password_refused`,
 * `store.failed`.
 */
export async function keepPassword(store: SecretKeeper, next: string, cost?: number): Promise<string> {
  if (next.length < PASSWORD_LEAST_CHARS)
    throw new ChorusError('admin.password_refused', `the password is shorter than ${PASSWORD_LEAST_CHARS} characters`, {
      details: { because: 'short' },
    });
  const hash = await hashPassword(next, cost);
  await store.replaceSecret(SECRET_NAME, hash);
  return hash;
}
