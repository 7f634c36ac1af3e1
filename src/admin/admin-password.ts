import type { DeviceStore } from '../platform/store/device-store-port.js';
import { createHash } from 'node:crypto';
import { ChorusError } from '../core/index.js';
import { hashPassword, matchesHash, newPassword } from './password-hash.js';

/** The part of the store that keeps the password's hash. Several servers may share one store. */
export type SecretKeeper = Pick<DeviceStore, 'findSecret' | 'secret' | 'replaceSecret'>;

export interface AdminPasswordOptions {
  readonly store: SecretKeeper;
  /** The configured `admin.password`. It takes precedence over the password in the store. */
  readonly configured: () => string | undefined;
  /** The cost parameter N of scrypt for new hashes. Tests may lower it, because they guard no secret. */
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
   * The password that {@link open} just made, to be shown once, after {@link keep}. Undefined: a stored or configured
   * password applies.
   */
  get made(): string | undefined {
    return this.#made;
  }

  /**
   * Stores the new password. Call this just before you show the password: if the start fails earlier (for example,
   * because the port is taken), no password was shown that was not stored. If several servers start at once, the
   * password that was stored first is valid, and only the server that made it shows it. Error: `store.failed`.
   */
  async keep(): Promise<void> {
    if (this.#made !== undefined) this.#take(await this.options.store.secret(SECRET_NAME, () => this.hash));
  }

  /** False: there is no password, because it was removed from the configuration. `change` can set a new one. */
  get isSet(): boolean {
    return this.fixed || this.hash !== '';
  }

  /** True: the password comes from the configuration and can be changed only there. */
  get fixed(): boolean {
    return this.options.configured() !== undefined;
  }

  /**
   * A value that changes with the password, so that a session begun under an earlier password can be recognised and
   * ended.
   */
  get stamp(): string {
    const configured = this.options.configured();
    return createHash('sha256')
      .update(configured === undefined ? `kept ${this.hash}` : `configured ${configured}`)
      .digest('base64url');
  }

  /**
   * Checks a password. Waits for a change in progress, because the old password must not be accepted after the change.
   */
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

  /**
   * Checks whether another server with the same database changed the password. If so, the sessions of this server end.
   * Never rejects.
   */
  look(): Promise<void> {
    return this.fixed ? Promise.resolve() : this.#inTurn(() => this.#look());
  }

  /** Takes over the stored hash. While the database is unreachable, the last known hash remains valid. */
  async #look(): Promise<void> {
    const kept = await this.options.store.findSecret(SECRET_NAME).catch(() => undefined);
    if (kept !== undefined) this.#take(kept);
  }

  /** Takes over a stored hash. If it belongs to another password, the new {@link stamp} ends the existing sessions. */
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
 * Stores a password and returns its hash. Commands may also use this while no server runs. Errors:
 * `admin.password_refused`, `store.failed`.
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
