import type { Config } from './schema.js';
import { asChorusError, type ChorusError } from '../core/index.js';

/** A prepared change of one part of the server. Exactly one of the two methods is called. */
export interface Change {
  /** Applies the change to everything that begins after this call. Must not fail. */
  commit(): void;
  discard(): void;
}

export interface ChangeRequest {
  readonly now: Config;
  readonly next: Config;
  /** If true, new keys, models and voices must be tested before they are used. */
  readonly trial: boolean;
  readonly signal: AbortSignal;
}

/** A part of the server that is built from the configuration. Other code reads {@link LiveConfig.current}. */
export interface LivePart {
  readonly name: 'llm' | 'recognition' | 'voice';
  /** Returns undefined if nothing changes here. Rejects and changes nothing if the new configuration does not work. */
  prepare(request: ChangeRequest): Promise<Change | undefined>;
}

export class PartFailed extends Error {
  constructor(
    readonly part: LivePart['name'],
    readonly reason: ChorusError,
  ) {
    super(reason.message, { cause: reason });
  }
}

/**
 * Has the present configuration, which a session, a reply or a request reads once at its beginning. A change applies to
 * all parts or to none.
 */
export class LiveConfig {
  #current: Config;
  readonly #parts: LivePart[] = [];
  readonly #taken: ((config: Config) => void)[] = [];
  readonly #tried: ((config: Config) => void)[] = [];

  constructor(
    /** Keys that are not live keep the values of this configuration. */
    readonly started: Config,
  ) {
    this.#current = started;
  }

  get current(): Config {
    return this.#current;
  }

  add(part: LivePart): void {
    this.#parts.push(part);
  }

  onTaken(tell: (config: Config) => void): void {
    this.#taken.push(tell);
  }

  /** `tell` is called with each configuration before it is tried. */
  onTried(tell: (config: Config) => void): void {
    this.#tried.push(tell);
  }

  /**
   * Must not be called while another call is in progress. After a rejection with {@link PartFailed} or the signal's
   * reason, nothing has changed.
   */
  async replace(next: Config, { trial, signal }: Pick<ChangeRequest, 'trial' | 'signal'>): Promise<void> {
    for (const tell of this.#tried) tell(next);
    const changes: Change[] = [];
    try {
      for (const part of this.#parts) {
        const change = await part.prepare({ now: this.#current, next, trial, signal }).catch((error: unknown) => {
          signal.throwIfAborted();
          throw new PartFailed(part.name, asChorusError(error));
        });
        if (change) changes.push(change);
        signal.throwIfAborted();
      }
    } catch (error) {
      for (const change of changes) change.discard();
      throw error;
    }
    this.#current = next;
    for (const change of changes) change.commit();
    for (const tell of this.#taken) tell(next);
  }
}
