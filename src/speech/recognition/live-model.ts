import { concatInt16, LISTEN_SAMPLES_PER_MS } from '../../audio/index.js';
import { ChorusError, type Clock, isCancelled, waitAtMost } from '../../core/index.js';
import type { AsrProvider, AsrSteps, Transcript } from '../../providers/asr/index.js';
import type { LiveRecognition } from './recognizer-port.js';
import { speechWords } from '../words.js';

/** Runs `work` if a CPU slot is idle now. Otherwise rejects with Cancelled and does not call `work`. */
export type IdleSlot = (audioMs: number, work: (signal: AbortSignal) => Promise<Transcript>) => Promise<Transcript>;

/** Streaming models decode this much audio at once (zipformer: 320 ms). */
const STEP_SAMPLES = 320 * LISTEN_SAMPLES_PER_MS;
/** Longest wait for a running step when the text is requested. A step contains a third as much speech. */
const STEP_LIMIT_MS = 1_000;

const onTimeout = (): Error => new ChorusError('asr.timeout', speechWords.stepTooLong);

/** Decodes with a local model while the person speaks. A step uses a slot only if no other job needs the slot. */
export class LiveModel implements LiveRecognition {
  readonly #steps: AsrSteps;
  #waiting: Int16Array[] = [];
  #running: Promise<void> | undefined;
  /** False once the text was requested, or the stream has failed or was closed. */
  #usable = true;

  constructor(
    readonly provider: AsrProvider,
    private readonly inIdleSlot: IdleSlot,
    private readonly clock: Clock,
    private readonly onText?: (text: string) => void,
  ) {
    if (!provider.openSteps) throw new TypeError(`${provider.id} takes no audio while it is spoken`);
    this.#steps = provider.openSteps();
  }

  get punctuationMeansEnd(): boolean {
    return this.provider.punctuationMeansEnd;
  }

  get waitingMs(): number {
    return this.#waiting.reduce((sum, { length }) => sum + length, 0) / LISTEN_SAMPLES_PER_MS;
  }

  push(pcm: Int16Array): void {
    if (!this.#usable) return;
    this.#waiting.push(pcm.slice());
    if (this.#running || this.waitingMs * LISTEN_SAMPLES_PER_MS < STEP_SAMPLES) return;
    this.#running = this.#step().finally(() => (this.#running = undefined));
  }

  end(): void {
    // What remains is decoded when the text is requested.
  }

  close(): void {
    this.#usable = false;
    this.#waiting = [];
    this.#steps.close();
  }

  /**
   * The caller must hold a slot. Undefined if the stream gave no text, or if a step takes too long. All of the audio
   * must then be decoded at once.
   */
  async textOf(signal: AbortSignal): Promise<Transcript | undefined> {
    if (this.#running) await this.#stepDone(this.#running, signal);
    if (!this.#usable) return undefined;
    this.#usable = false;
    try {
      return await this.#steps.decode(this.#take(), true, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      return undefined;
    }
  }

  async #stepDone(running: Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await waitAtMost(this.clock, STEP_LIMIT_MS, signal, onTimeout, () => running);
    } catch {
      this.close();
      signal.throwIfAborted();
    }
  }

  async #step(): Promise<void> {
    let pcm: Int16Array | undefined;
    try {
      const { text } = await this.inIdleSlot(this.waitingMs, (signal) =>
        this.#steps.decode((pcm = this.#take()), false, signal),
      );
      if (this.#usable) this.onText?.(text);
    } catch (error) {
      // No slot was idle. The audio waits for the next step.
      if (isCancelled(error) && pcm === undefined) return;
      this.close();
    }
  }

  #take(): Int16Array {
    const pcm = concatInt16(this.#waiting);
    this.#waiting = [];
    return pcm;
  }
}
