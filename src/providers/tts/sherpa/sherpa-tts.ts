import { asChorusError, ChorusError, isCancelled, type Scope } from '../../../core/index.js';
import {
  type CallOptions,
  createSherpaEngine,
  type EngineStatus,
  LearnedCost,
  type ModelStore,
  type SherpaEngineOptions,
  type TtsAnswer,
  type TtsCall,
  type TtsModel,
  type TtsPart,
} from '../../../engines/index.js';
import type { TtsAudio, TtsProvider, TtsRequest } from '../tts-port.js';
import { PartQueue } from './part-queue.js';
import { spokenUnits } from '../../../audio/index.js';

/** The engine process as this adapter needs it. */
export interface VoiceEngine {
  start(): Promise<void>;
  status(): EngineStatus;
  call<T>(request: unknown, options: CallOptions): Promise<T>;
}

export interface SherpaTtsOptions extends Omit<SherpaEngineOptions, 'installed' | 'onEvent'> {
  readonly model: TtsModel;
  readonly models: Pick<ModelStore, 'installed'>;
  readonly scope: Scope;
  /** For tests; the default starts a supervised sherpa process. */
  openEngine?(options: SherpaEngineOptions): VoiceEngine;
}

/** A local voice whose process is started when it is first needed. */
export interface SherpaVoice extends TtsProvider {
  /** Loads the model now, if it is installed: a device that may need the voice is here. Returns at once. */
  prepare(): void;
  /** Undefined until the process was started. */
  status(): EngineStatus | undefined;
}

const TYPICAL_UNITS = 40;

/**
 * VITS, Matcha and Kokoro voices in an engine process. *Unproven here*: no voice could be downloaded where this was
 * written, so it was tried with generated models only. Rejects with `model.missing` while the model is not installed.
 */
export function sherpaTts(options: SherpaTtsOptions): SherpaVoice {
  const voice = new Voice(options);
  return {
    id: options.model.id,
    languages: options.model.languages,
    local: true,
    pool: { id: options.model.id, size: options.slots },
    predictMs: (text) => voice.predictMs(text),
    synthesize: (request, signal) => voice.synthesize(request, signal),
    prepare: () => voice.prepare(),
    status: () => voice.status(),
  };
}

class Voice {
  readonly #cost: LearnedCost;
  readonly #streams = new Map<number, PartQueue<TtsPart>>();
  #engine: VoiceEngine | undefined;
  #nextStream = 1;

  constructor(private readonly options: SherpaTtsOptions) {
    const { cost } = options.model;
    this.#cost = new LearnedCost({
      overheadMs: cost.overheadMs,
      msPerUnit: cost.msPerUnit,
      typicalUnits: TYPICAL_UNITS,
    });
  }

  predictMs(text: string): number {
    return this.#cost.predictMs(Math.max(1, spokenUnits(text)));
  }

  status(): EngineStatus | undefined {
    return this.#engine?.status();
  }

  prepare(): void {
    if (this.options.models.installed(this.options.model.id)) this.#open();
  }

  async synthesize(request: TtsRequest, signal: AbortSignal): Promise<TtsAudio> {
    signal.throwIfAborted();
    const engine = this.#open();
    const parts = new PartQueue<TtsPart>();
    const run = async (attempt: number): Promise<void> => {
      const stream = this.#nextStream++;
      this.#streams.set(stream, parts);
      const call: TtsCall = { stream, text: request.text, speaker: speakerOf(request.voice), speed: request.rate ?? 1 };
      try {
        // Not retried by the supervisor: what was spoken already would be said again.
        const { runMs } = await engine.call<TtsAnswer>(call, {
          predictedMs: this.predictMs(request.text),
          signal,
          waitOnCancel: true,
          retryOnCrash: false,
        });
        this.#cost.observe(Math.max(1, spokenUnits(request.text)), runMs);
        parts.end();
      } catch (error) {
        const crashed =
          error instanceof ChorusError && (error.code === 'engine.crashed' || error.code === 'engine.hung');
        if (crashed && !parts.touched && attempt === 1) return run(2);
        parts.fail(isCancelled(error) || signal.aborted ? error : asTtsError(error));
      } finally {
        this.#streams.delete(stream);
      }
    };
    // Owned by the engine: the call settles when the job has ended, and everything that happens goes into `parts`.
    const running = run(1);
    const iterator = parts[Symbol.asyncIterator]();
    const first = await iterator.next();
    const rateHz = first.done ? undefined : first.value.sampleRateHz;
    if (rateHz === undefined) throw new ChorusError('tts.failed', 'the voice made no sound');
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let next = first; !next.done; next = await iterator.next()) {
        const { pcm } = next.value;
        yield new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
      }
      await running;
    }
    return { format: { kind: 'pcm', rateHz }, chunks: chunks() };
  }

  #open(): VoiceEngine {
    if (this.#engine) return this.#engine;
    const { model, models, scope, log } = this.options;
    const installed = models.installed(model.id);
    if (!installed) throw new ChorusError('model.missing', `the voice ${model.id} is not installed yet`);
    const engineOptions: SherpaEngineOptions = {
      ...this.options,
      installed,
      onEvent: (event) => this.#onPart(event as TtsPart),
    };
    const engine = this.options.openEngine?.(engineOptions) ?? createSherpaEngine(engineOptions);
    this.#engine = engine;
    scope.fork(`start ${model.id}`, async () => {
      try {
        await engine.start();
      } catch (error) {
        if (isCancelled(error)) throw error;
        log.error('a voice cannot be loaded', { model: model.id, reason: asChorusError(error).message });
      }
    });
    return engine;
  }

  #onPart(part: TtsPart): void {
    if (part.pcm.length > 0) this.#streams.get(part.stream)?.push(part);
  }
}

/** What the engine says of one job is a failure of this synthesis; what it says of itself stays. */
function asTtsError(error: unknown): ChorusError {
  const known = asChorusError(error, 'tts.failed');
  return known.code === 'engine.job_failed' ? new ChorusError('tts.failed', known.message, { cause: known }) : known;
}

/** Voices of a local model are numbers. */
function speakerOf(voice: string | undefined): number | undefined {
  return voice !== undefined && /^\d{1,4}$/.test(voice) ? Number(voice) : undefined;
}
