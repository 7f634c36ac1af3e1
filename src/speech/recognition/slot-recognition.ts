import { LISTEN_SAMPLES_PER_MS } from '../../audio/format.js';
import { Cancelled, ChorusError, type LanguageTag, withTimeout } from '../../core/index.js';
import { type EnginePool, SpeculationBudget } from '../../capacity/index.js';
import type { AsrProvider } from '../../providers/asr/index.js';
import { type IdleSlot, LiveModel } from './live-model.js';
import type { LiveRequest, Recognition, RecognitionRequest } from './recognizer-port.js';
import { speechWords } from '../words.js';
import type { RecognizerOptions } from './recognizer-settings.js';

const DEFAULT_TIMEOUT_MS = 30_000;

export class SlotRecognition {
  readonly #speculation: SpeculationBudget;

  /** `written` converts and corrects a text, see `Recognizer.writtenText`. */
  constructor(
    private readonly options: RecognizerOptions,
    private readonly written: (heard: string, language: LanguageTag) => Promise<string>,
  ) {
    this.#speculation = new SpeculationBudget(options.poolSize);
  }

  /** A process decodes its streams on one thread, so a model with streams runs one job at once. */
  poolSize(stepping: boolean): number {
    return stepping && this.options.replicas !== true ? 1 : this.options.poolSize;
  }

  live(provider: AsrProvider, { deviceId, onText }: LiveRequest): LiveModel {
    const { clock, slots, scope } = this.options;
    const inIdleSlot: IdleSlot = (audioMs, work) => {
      const predictedMs = provider.predictMs(audioMs);
      const job = { kind: 'asr', deviceId, deadlineMs: undefined, predictedMs, pool: this.#poolOf(provider) } as const;
      return slots.run(job, scope.signal, work);
    };
    return new LiveModel(provider, inIdleSlot, clock, onText);
  }

  /** Errors: `asr.*`, `engine.*`, `capacity.*`, the signal's reason. Rejects with Cancelled if a guess is dropped. */
  async recognize(provider: AsrProvider, request: RecognitionRequest, signal: AbortSignal): Promise<Recognition> {
    const { clock, slots, timeoutMs = DEFAULT_TIMEOUT_MS } = this.options;
    const { deviceId, pcm, language, deadlineMs, guess, early, background, live } = request;
    const stream = live instanceof LiveModel && live.provider === provider ? live : undefined;
    const audioMs = pcm.length / LISTEN_SAMPLES_PER_MS;
    /** True until it is certain that the text is needed. */
    const speculative = (): boolean => (guess ? guess.deadlineMs : deadlineMs) === undefined;
    if (speculative() && !this.#speculation.allows(clock.nowMs(), early))
      throw new Cancelled('too much speculation was for nothing of late');
    const onTimeout = (): ChorusError => new ChorusError('asr.timeout', speechWords.notRecognised(timeoutMs));
    return withTimeout(clock, timeoutMs, signal, onTimeout, async (bounded) => {
      const recognise = async (inner: AbortSignal, waitMs: number): Promise<Recognition> => {
        const when = speculative() ? 'speculative' : 'final';
        const heard = (): void =>
          this.options.metrics.count('chorus_asr_audio_seconds_total', { when }, audioMs / 1000);
        try {
          const { text, runMs } =
            (await stream?.textOf(inner)) ?? (await provider.transcribe({ pcm, language }, inner));
          heard();
          return {
            text: await this.written(text, request.language),
            asr: provider.id,
            waitMs,
            runMs,
            punctuationMeansEnd: provider.punctuationMeansEnd,
          };
        } catch (error) {
          // If the job was cancelled, native code still decodes all of the audio.
          if (inner.aborted) heard();
          throw error;
        }
      };
      const predictedMs = provider.predictMs(stream?.waitingMs ?? audioMs);
      return slots.run(
        { kind: 'asr', deviceId, deadlineMs, guess, background, predictedMs, pool: this.#poolOf(provider) },
        bounded,
        (inner, grant) => this.#accounted(speculative(), inner, () => recognise(inner, grant.waitedMs)),
      );
    });
  }

  speculated(outcome: 'used' | 'wasted', runMs: number): void {
    this.options.metrics.count('chorus_speculation_seconds_total', { result: outcome }, runMs / 1000);
    if (outcome === 'wasted') this.#speculation.wasted(runMs, this.options.clock.nowMs());
  }

  #poolOf({ id, openSteps }: AsrProvider): EnginePool {
    return { id, size: this.poolSize(openSteps !== undefined) };
  }

  /** Measures the time here, because native code continues after its caller was cancelled. */
  async #accounted<T>(speculative: boolean, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const { clock } = this.options;
    const startedMs = clock.nowMs();
    try {
      return await work();
    } finally {
      const runMs = clock.nowMs() - startedMs;
      this.#speculation.ran(runMs, clock.nowMs());
      if (speculative && signal.aborted) this.speculated('wasted', runMs);
    }
  }
}
