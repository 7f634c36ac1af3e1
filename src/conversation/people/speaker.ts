import { concatInt16, LISTEN_SAMPLES_PER_MS } from '../../audio/index.js';
import { withTimeout, type Clock, type Logger } from '../../core/index.js';
import type { Listening, ListeningEvent } from '../../speech/listening/listening-port.js';

/** Shortest speech that identifies a voice. */
const LEAST_MS = 1000;
/** Longest sound that the service gets, and that is kept for "remember my voice". */
const MOST_MS = 10_000;
/** Maximum number of utterances whose results are remembered. A turn has only a few. */
const MAX_RESULTS = 16;
/** Longest wait for the result if the agent answers only known people. */
const CAP_MS = 2000;

export interface SpeakerOptions {
  /** The name of the person with this voice, or undefined for a stranger. Rejects if the voice cannot be checked. */
  readonly identify: (pcm: Int16Array, signal: AbortSignal) => Promise<string | undefined>;
  /** Starts work in the background. The work ends with the session. */
  readonly fork: (work: (signal: AbortSignal) => Promise<void>) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Each utterance is checked once, at the first pause after a second of speech. Without a result the speaker is unknown.
 * An earlier result does not count, because somebody else may be speaking now.
 */
export class Speaker {
  /** The results by utterance, oldest first. A result is undefined for an unknown person or a failed check. */
  readonly #results = new Map<number, string | undefined>();
  #pieces = new Map<number, Int16Array>();
  #asked: Promise<void> | undefined;
  #last: Int16Array | undefined;
  #turnId: number | undefined;

  constructor(private readonly options: SpeakerOptions) {}

  /** The listening turn of the newest utterance. Undefined if nothing has been heard yet. */
  get turnId(): number | undefined {
    return this.#turnId;
  }

  /**
   * The person who spoke in these listening turns. Undefined for a stranger, for several people, or without a result.
   */
  personIn(turnIds: readonly number[]): string | undefined {
    const [first, ...others] = turnIds.filter((id) => this.#results.has(id)).map((id) => this.#results.get(id));
    return others.every((name) => name === first) ? first : undefined;
  }

  /** The speech of the newest utterance. Undefined if it was too short: an earlier one may be somebody else's. */
  get lastHeard(): Int16Array | undefined {
    return this.#last;
  }

  heard(event: ListeningEvent): void {
    if (event.type !== 'piece' && event.type !== 'utterance_ended') return;
    if (event.turnId !== this.#turnId) {
      this.#turnId = event.turnId;
      this.#pieces = new Map();
      this.#asked = undefined;
    }
    if (event.type === 'piece') this.#pieces.set(event.index, event.pcm);
    const pcm = concatInt16([...this.#pieces.values()]).slice(0, MOST_MS * LISTEN_SAMPLES_PER_MS);
    if (pcm.length === 0) return;
    const isLongEnough = pcm.length >= LEAST_MS * LISTEN_SAMPLES_PER_MS;
    this.#last = isLongEnough ? pcm : undefined;
    if (isLongEnough && this.#asked === undefined) this.#ask(event.turnId, pcm);
  }

  /** Waits up to {@link CAP_MS} for the result. Undefined for a stranger, or if there is no result in time. */
  async certain(signal: AbortSignal): Promise<string | undefined> {
    const { clock } = this.options;
    const turnIds = this.#turnId === undefined ? [] : [this.#turnId];
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
    return this.personIn(turnIds);
  }

  #ask(turnId: number, pcm: Int16Array): void {
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

  #heard(turnId: number, name: string | undefined): void {
    this.#results.set(turnId, name);
    const [oldest] = this.#results.keys();
    if (this.#results.size > MAX_RESULTS && oldest !== undefined) this.#results.delete(oldest);
  }
}

export function heardBy(speaker: Speaker, listening: Listening): Listening {
  return {
    open: (onEvent) =>
      listening.open((event) => {
        speaker.heard(event);
        onEvent(event);
      }),
  };
}
