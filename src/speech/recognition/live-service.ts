import { LISTEN_SAMPLES_PER_MS } from '../../audio/format.js';
import { Cancelled, type Clock, withTimeout } from '../../core/index.js';
import type { AsrProvider, AsrStream, HeardText, Transcript } from '../../providers/asr/index.js';
import type { LiveRecognition, LiveRequest, RecognitionRequest } from './recognizer-port.js';

export interface TimeLimit {
  readonly clock: Clock;
  readonly mostMs: number;
  readonly onTimeout: () => Error;
  /** Receives the time that the service waited for a guess to be confirmed, in ms. */
  readonly onWaited: (waitedMs: number) => void;
}

/**
 * A final text counts as the whole text if it reaches this close to the end of the audio. The audio ends with a pause,
 * and services report the end of a sentence before the pause is over.
 */
const PAUSE_MS = 450;

export class LiveService implements LiveRecognition {
  readonly #stream: AsrStream;
  readonly #over = new AbortController();
  #heard: HeardText = { text: '', finalMs: undefined };
  #onHeard: (() => void) | undefined;

  constructor(
    readonly provider: AsrProvider,
    { deviceId: device, language, onText }: LiveRequest,
  ) {
    const open = provider.open?.bind(provider);
    if (!open) throw new TypeError(`${provider.id} takes no audio while it is spoken`);
    this.#stream = open(
      {
        device,
        language,
        onText: (heard) => {
          this.#heard = heard;
          this.#onHeard?.();
          onText?.(heard.text);
        },
      },
      this.#over.signal,
    );
  }

  get punctuationMeansEnd(): boolean {
    return this.provider.punctuationMeansEnd;
  }

  push(pcm: Int16Array): void {
    this.#stream.push(pcm);
  }

  end(): void {
    this.#stream.finish().catch(() => undefined);
  }

  close(): void {
    this.#over.abort(new Cancelled('nobody needs the text'));
    this.#stream.close();
  }

  /**
   * For a guess, returns as soon as the service has reported the whole text as final, or waits until the utterance has
   * certainly ended. The time limit starts after this wait.
   */
  async textOf(request: RecognitionRequest, limit: TimeLimit, signal: AbortSignal): Promise<Transcript> {
    const { clock, mostMs, onTimeout, onWaited } = limit;
    const { guess, pcm } = request;
    const askedMs = clock.nowMs();
    if (guess && guess.deadlineMs === undefined) {
      const settled = await this.#settledOrWanted(guess, pcm.length / LISTEN_SAMPLES_PER_MS, signal);
      if (settled !== undefined) return { text: settled, runMs: 1 };
    }
    const startedMs = clock.nowMs();
    onWaited(startedMs - askedMs);
    const text = await withTimeout(clock, mostMs, signal, onTimeout, () => this.#stream.finish());
    return { text, runMs: Math.max(1, clock.nowMs() - startedMs) };
  }

  /** Resolves with undefined once it is certain that the text is needed. */
  #settledOrWanted(
    guess: NonNullable<RecognitionRequest['guess']>,
    pieceMs: number,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const settled = (): boolean => (this.#heard.finalMs ?? 0) >= Math.max(1, pieceMs - PAUSE_MS);
    if (settled()) return Promise.resolve(this.#heard.text);
    return new Promise((resolve, reject) => {
      const done = (result: () => void): void => {
        this.#onHeard = undefined;
        signal.removeEventListener('abort', onAbort);
        result();
      };
      const onAbort = (): void => done(() => reject(signal.reason));
      signal.addEventListener('abort', onAbort, { once: true });
      guess.onConfirmed(() => done(() => resolve(undefined)));
      this.#onHeard = () => {
        if (settled()) done(() => resolve(this.#heard.text));
      };
    });
  }
}
