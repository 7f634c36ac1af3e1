import { concatInt16, LISTEN_SAMPLES_PER_MS } from '../../audio/index.js';
import { withTimeout, type Clock, type Logger } from '../../core/index.js';
import type { Listening, ListeningEvent } from '../../speech/listening/listening-port.js';

/** Minimum length of speech. A shorter utterance does not identify a voice. */
const LEAST_MS = 1000;
/** Length of the sound that is given to the service, and kept for "remember my voice". */
const MOST_MS = 10_000;
/** Longest wait for the result if the agent answers only known people. */
const CAP_MS = 2000;

export interface SpeakerOptions {
  /** The name of the person with this voice. Undefined: nobody known. Rejects if the voice cannot be checked. */
  readonly identify: (pcm: Int16Array, signal: AbortSignal) => Promise<string | undefined>;
  /** Starts work that ends with the session. */
  readonly fork: (work: (signal: AbortSignal) => Promise<void>) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Recognises who speaks in one session. Each utterance is identified once, in parallel to its recognition, at the first
 * pause after a second of speech. Only {@link certain} waits for the result. A late result is otherwise used in the
 * next turn.
 */
export class Speaker {
  #name: string | undefined;
  #pieces = new Map<number, Int16Array>();
  #asked: Promise<void> | undefined;
  #last: Int16Array | undefined;
  #turnId: number | undefined;
  /** True if the current utterance has its result. */
  #settled = false;
  /** True if the person of the current utterance is known. */
  #known = false;

  constructor(private readonly options: SpeakerOptions) {}

  /** The person of the newest result. */
  get name(): string | undefined {
    return this.#name;
  }

  /** The person of the current utterance. Undefined: unknown, or not known yet. */
  get current(): string | undefined {
    return this.#known ? this.#name : undefined;
  }

  /** The speech of the last utterance; undefined: there was too little. */
  get lastHeard(): Int16Array | undefined {
    return this.#last;
  }

  heard(event: ListeningEvent): void {
    if (event.type !== 'piece' && event.type !== 'utterance_ended') return;
    if (event.turnId !== this.#turnId) {
      this.#turnId = event.turnId;
      this.#pieces = new Map();
      this.#asked = undefined;
      this.#settled = false;
      this.#known = false;
    }
    if (event.type === 'piece') this.#pieces.set(event.index, event.pcm);
    const pcm = concatInt16([...this.#pieces.values()]).slice(0, MOST_MS * LISTEN_SAMPLES_PER_MS);
    if (pcm.length < LEAST_MS * LISTEN_SAMPLES_PER_MS) return;
    this.#last = pcm;
    if (this.#asked === undefined) this.#ask(pcm);
  }

  /**
   * The person of the current utterance, for an agent that answers only known people. Waits up to {@link CAP_MS} for
   * the result. Undefined: unknown, or not known in time.
   */
  async certain(signal: AbortSignal): Promise<string | undefined> {
    const { clock } = this.options;
    const late = new Error('late');
    const asked = this.#asked ?? Promise.resolve();
    await withTimeout(
      clock,
      CAP_MS,
      signal,
      () => late,
      () => asked,
    ).catch(() => undefined);
    signal.throwIfAborted();
    return this.current;
  }

  #ask(pcm: Int16Array): void {
    const turnId = this.#turnId;
    this.#asked = new Promise((resolve) => {
      this.options.fork(async (signal) => {
        try {
          this.#heard(turnId, await this.options.identify(pcm, signal));
        } catch (error) {
          this.#heard(turnId, undefined);
          if (!signal.aborted) this.options.log.info('the speaker cannot be identified', { error });
        } finally {
          resolve();
        }
      });
    });
  }

  #heard(turnId: number | undefined, name: string | undefined): void {
    const current = this.#turnId === turnId;
    // A late result of an earlier utterance never replaces the result of the current one.
    if (!current && this.#settled) return;
    this.#name = name;
    if (!current) return;
    this.#settled = true;
    this.#known = name !== undefined;
  }
}

/** Wraps `listening` so that `speaker` gets its events, too. */
export function heardBy(speaker: Speaker, listening: Listening): Listening {
  return {
    open: (onEvent) =>
      listening.open((event) => {
        speaker.heard(event);
        onEvent(event);
      }),
  };
}
