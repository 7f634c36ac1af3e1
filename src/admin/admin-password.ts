import { createHash } from 'node:crypto';
import { ChorusError } from '../core/index.js';
import { hashPassword, matchesHash, newPassword } from './password-hash.js';

/** Where the hash is kept; several servers may share it. */
export interface SecretKeeper {
  findSecret(name: string): Promise<string | undefined>;
  /** The first one wins: what is kept, by whomever. */
  secret(name: string, create: () => string): Promise<string>;
  replaceSecret(name: string, value: string): Promise<void>;
}

export interface AdminPasswordOptions {
  readonly store: SecretKeeper;
  /** `admin.password`, as it is in force: goes before the one in the store. */
  readonly configured: () => string | undefined;
  /** scrypt's N of new hashes; less than the default only where nothing is to be kept from anybody (tests). */
  readonly cost?: number;
}

const SECRET_NAME = 'admin-password';
/** Of a new one; `admin.password` may be shorter, as it always could. */
export const PASSWORD_LEAST_CHARS = 12;

/** The one password of the page. Known only as a hash, unless it comes from the configuration. */
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
   * Makes one where there is none, neither kept nor configured; it is good at once, and for later starts after {@link
   * keep}. Error: `store.failed`.
   */
  static async open(options: AdminPasswordOptions): Promise<AdminPassword> {
    const kept = await options.store.findSecret(SECRET_NAME);
    if (kept !== undefined) return new AdminPassword(options, kept, undefined);
    if (options.configured() !== undefined) return new AdminPassword(options, '', undefined);
    const made = newPassword();
    return new AdminPassword(options, await hashPassword(made, options.cost), made);
  }

  /**
   * What was made just now, because there was none: to be shown once, after {@link keep}. Undefined: another one
   * counts.
   */
  get made(): string | undefined {
    return this.#made;
  }

  /**
   * Keeps what was made, when it is about to be shown: of a start that failed (its port is taken) nobody would have
   * seen it. Of several servers that start at once the first one's counts, and only that is shown. Error:
   * `store.failed`.
   */
  async keep(): Promise<void> {
    if (this.#made !== undefined) this.#take(await this.options.store.secret(SECRET_NAME, () => this.hash));
  }

  /** False: it came from the configuration and was taken out there; `change` sets one. */
  get isSet(): boolean {
    return this.fixed || this.hash !== '';
  }

  /** It comes from the configuration, and is changed there. */
  get fixed(): boolean {
    return this.options.configured() !== undefined;
  }

  /** Changes with the password: a session is over when its password is. */
  get stamp(): string {
    const configured = this.options.configured();
    return createHash('sha256')
      .update(configured === undefined ? `kept ${this.hash}` : `configured ${configured}`)
      .digest('base64url');
  }

  /** What was read before a change must not count after it. */
  matches(password: string): Promise<boolean> {
    return this.#inTurn(() => this.#matches(password));
  }

  async #matches(password: string): Promise<boolean> {
    const configured = this.options.configured();
    if (configured === undefined) {
      await this.#look();
      return matchesHash(password, this.hash);
    }
    // By the same way as a kept one, so that it takes as long.
    if (this.#configured?.password !== configured)
      this.#configured = { password: configured, hash: await hashPassword(configured, this.options.cost) };
    return matchesHash(password, this.#configured.hash);
  }

  /** Learns whether another server of the database has changed it, by which sessions here are over. Never rejects. */
  look(): Promise<void> {
    return this.fixed ? Promise.resolve() : this.#inTurn(() => this.#look());
  }

  /** While the database is lost, what was known last counts. */
  async #look(): Promise<void> {
    const kept = await this.options.store.findSecret(SECRET_NAME).catch(() => undefined);
    if (kept !== undefined) this.#take(kept);
  }

  /** What is kept; sessions of another one are over, by the {@link stamp}. */
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

  /** One after the other: each takes 32 MB. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const answer = this.#last.then(work);
    this.#last = answer.catch(() => undefined);
    return answer;
  }
}

/** Also for a command while no server runs. Errors: `admin.password_refused`, `store.failed`. Returns the hash. */
export async function keepPassword(store: SecretKeeper, next: string, cost?: number): Promise<string> {
  if (next.length < PASSWORD_LEAST_CHARS)
    throw new ChorusError('admin.password_refused', `the password is shorter than ${PASSWORD_LEAST_CHARS} characters`, {
      details: { because: 'short' },
    });
  const hash = await hashPassword(next, cost);
  await store.replaceSecret(SECRET_NAME, hash);
  return hash;
}
