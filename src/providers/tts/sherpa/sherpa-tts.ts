import { asChorusError, ChorusError, isCancelled, type Scope } from '../../../core/index.js';
import {
  type CallOptions,
  createSherpaEngine,
  type ModelStore,
  type SherpaEngineOptions,
  type TtsAnswer,
  type TtsCall,
  type TtsModel,
  type TtsPart,
} from '../../../engines/index.js';
import type { TtsAudio, TtsProvider, TtsRequest } from '../tts-port.js';
import { ChunkStream } from '../chunk-stream.js';
import { SynthesisCost } from '../speed.js';
import { ttsWords } from '../words.js';

export interface VoiceEngine {
  start(): Promise<void>;
  call<T>(request: unknown, options: CallOptions): Promise<T>;
}

export interface SherpaTtsOptions extends Omit<SherpaEngineOptions, 'installed' | 'onEvent'> {
  readonly model: TtsModel;
  readonly models: Pick<ModelStore, 'installed'>;
  readonly scope: Scope;
  /** Replaces the engine in tests. Default: starts a supervised sherpa process. */
  openEngine?(options: SherpaEngineOptions): VoiceEngine;
}

/**
 * A local voice in an engine process, which starts at the first use. *Unproven here*: only generated models were
 * tested. `synthesize` rejects with `model.missing` if the model is not installed.
 */
export function sherpaTts(options: SherpaTtsOptions): TtsProvider {
  const voice = new Voice(options);
  const { id, languages } = options.model;
  return {
    id,
    // The model may be installed later, also by another process. Until then, the voice speaks no language.
    get languages() {
      return options.models.installed(id) === undefined ? [] : languages;
    },
    local: true,
    pool: { id, size: options.slots },
    predictMs: (text) => voice.predictMs(text),
    synthesize: (request, signal) => voice.synthesize(request, signal),
  };
}

interface Speech {
  readonly sound: ChunkStream;
  rateHz: number | undefined;
}

/** The engine cannot be paused. Pauses are not needed, because sentences are short. */
const NOT_PAUSED = { pause: () => undefined, resume: () => undefined, close: () => undefined };

class Voice {
  readonly #cost: SynthesisCost;
  readonly #streams = new Map<number, Speech>();
  #engine: VoiceEngine | undefined;
  #nextStream = 1;

  constructor(private readonly options: SherpaTtsOptions) {
    this.#cost = new SynthesisCost(options.model.cost);
  }

  predictMs(text: string): number {
    return this.#cost.predictMs(text);
  }

  async synthesize(request: TtsRequest, signal: AbortSignal): Promise<TtsAudio> {
    signal.throwIfAborted();
    const engine = this.#open();
    const speech: Speech = { sound: new ChunkStream(NOT_PAUSED, Infinity), rateHz: undefined };
    const run = async (attempt: number): Promise<void> => {
      const stream = this.#nextStream++;
      this.#streams.set(stream, speech);
      const call: TtsCall = { stream, text: request.text, speaker: speakerOf(request.voice), speed: request.rate ?? 1 };
      try {
        // The supervisor must not retry the call, because sentences that were already spoken would be repeated.
        const { runMs } = await engine.call<TtsAnswer>(call, {
          predictedMs: this.predictMs(request.text),
          signal,
          waitOnCancel: true,
          retryOnCrash: false,
        });
        this.#cost.observe(request.text, runMs);
        speech.sound.end();
      } catch (error) {
        const crashed =
          error instanceof ChorusError && (error.code === 'engine.crashed' || error.code === 'engine.hung');
        if (crashed && speech.rateHz === undefined && attempt === 1) return run(2);
        speech.sound.fail(isCancelled(error) || signal.aborted ? error : asTtsError(error));
      } finally {
        this.#streams.delete(stream);
      }
    };
    const running = run(1);
    const iterator = speech.sound[Symbol.asyncIterator]();
    const first = await iterator.next();
    const { rateHz } = speech;
    if (rateHz === undefined) throw new ChorusError('tts.failed', ttsWords.noSound);
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let next = first; !next.done; next = await iterator.next()) {
        yield next.value;
      }
      await running;
    }
    return { format: { kind: 'pcm', rateHz }, chunks: chunks() };
  }

  #open(): VoiceEngine {
    if (this.#engine) return this.#engine;
    const { model, models, scope, log } = this.options;
    const installed = models.installed(model.id);
    if (!installed) throw new ChorusError('model.missing', ttsWords.notInstalled(model.id));
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
        log.error('a voice cannot be loaded', {
          problem: 'voice.model_unloadable',
          model: model.id,
          reason: asChorusError(error).message,
        });
      }
    });
    return engine;
  }

  #onPart({ stream, pcm, sampleRateHz }: TtsPart): void {
    const speech = this.#streams.get(stream);
    if (!speech || pcm.length === 0) return;
    speech.rateHz ??= sampleRateHz;
    speech.sound.push(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength));
  }
}

function asTtsError(error: unknown): ChorusError {
  const known = asChorusError(error, 'tts.failed');
  return known.code === 'engine.job_failed' ? new ChorusError('tts.failed', known.message, { cause: known }) : known;
}

function speakerOf(voice: string | undefined): number | undefined {
  return voice !== undefined && /^\d{1,4}$/.test(voice) ? Number(voice) : undefined;
}
