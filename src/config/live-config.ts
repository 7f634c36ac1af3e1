import type { Config } from './schema.js';
import { asChorusError, type ChorusError } from '../core/index.js';

/** A change of one part of the server that has been prepared. Exactly one of the two methods is called. */
export interface Change {
  /** Applies the change to everything that begins after this call. Must not fail. */
  commit(): void;
  discard(): void;
}

/** Asks a part to prepare for a new configuration. */
export interface ChangeRequest {
  readonly now: Config;
  readonly next: Config;
  /** True: the part must test new values (a key, a model, a voice) before it uses them. */
  readonly trial: boolean;
  readonly signal: AbortSignal;
}

/**
 * A part of the server that builds something from the configuration. A part that only reads values uses {@link
 * LiveConfig.current} instead.
 */
export interface LivePart {
  readonly name: 'llm' | 'recognition' | 'voice';
  /**
   * Prepares for a new configuration. Undefined: nothing changes for this part. If the new configuration does not work,
   * rejects and changes nothing.
   */
  prepare(request: ChangeRequest): Promise<Change | undefined>;
}

/** The new configuration does not work for one part of the server. */
export class PartFailed extends Error {
  constructor(
    readonly part: LivePart['name'],
    readonly reason: ChorusError,
  ) {
    super(reason.message, { cause: reason });
  }
}

/**
 * The current configuration. A session, a reply or a request reads it once at its beginning, so that a later change
 * does not affect it. A change is prepared by all parts, and then applied in one step or not at all.
 */
export class LiveConfig {
  #current: Config;
  readonly #parts: LivePart[] = [];
  readonly #taken: ((config: Config) => void)[] = [];
  readonly #tried: ((config: Config) => void)[] = [];

  constructor(
    /** The configuration with which the server started. Keys that are not live keep its values. */
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

  /** Registers a function that is called after each change. */
  onTaken(tell: (config: Config) => void): void {
    this.#taken.push(tell);
  }

  /** Registers a function that is called with each configuration before it is tried. */
  onTried(tell: (config: Config) => void): void {
    this.#tried.push(tell);
  }

  /**
   * Takes over a new configuration. Must not be called while another call is in progress. Rejects with {@link
   * PartFailed} or the signal's reason, and has then changed nothing.
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
