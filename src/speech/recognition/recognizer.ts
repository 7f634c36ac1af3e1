import type { Change } from '../../config/index.js';
import { asChorusError, ChorusError, isCancelled, type LanguageTag, type Scope } from '../../core/index.js';
import {
  type AsrModel,
  chooseModels,
  createSherpaEngine,
  type EngineProcess,
  type EngineStatus,
  type InstalledModel,
  isOnline,
  languageClass,
  replicated,
} from '../../engines/index.js';
import { type AsrProvider, correct, sherpaRecognizer } from '../../providers/asr/index.js';
import { ChosenRecognizer, type OneRecogniser } from './chosen-recognizer.js';
import { type AsrEngine, HeldEngine } from './held-engine.js';
import { missingModel } from './missing-model.js';
import type { SharedRecognizer } from './shared-recognizer.js';
import type { LiveRecognition, LiveRequest, Recognition, RecognitionRequest, Recognizer } from './recognizer-port.js';
import type { RecognizerOptions, RecognizerSettings } from './recognizer-settings.js';
import { type ServiceAnswer, ServiceChain } from './service-chain.js';
import { SlotRecognition } from './slot-recognition.js';
import { prepareTranscripts, transcript, withTranscripts } from './transcript.js';
import { warmedEngine } from './warm-engine.js';
import { speechWords } from '../words.js';

export function createRecognizer(options: RecognizerOptions): SharedRecognizer {
  return new RecognitionModels(options);
}

class RecognitionModels implements SharedRecognizer {
  readonly #engines = new Map<string, HeldEngine>();
  readonly #models: readonly AsrModel[];
  #settings: RecognizerSettings;
  #services: ServiceChain;
  #correct: (text: string) => string;
  /**
   * Languages of the devices seen so far. A device may send invented languages, so {@link languageClass} keeps the set
   * small.
   */
  readonly #languages = new Set<LanguageTag>();
  /** Languages that wait for a model, which this or another process downloads. */
  readonly #awaited = new Set<LanguageTag>();
  readonly #inSlots: SlotRecognition;
  #named: ReadonlyMap<string, ServiceChain>;

  constructor(private readonly options: RecognizerOptions) {
    this.#models = options.models.catalogue.filter((model) => model.kind === 'asr');
    this.#settings = options;
    this.#services = new ServiceChain(options.services ?? [], options);
    this.#correct = correct(options.corrections);
    this.#named = this.#chainsOf(options);
    this.#inSlots = new SlotRecognition(options, (heard, language) => this.writtenText(heard, language));
    const stop = options.models.onChange(({ state }) => {
      if (state === 'installed') this.#loadAwaited();
    });
    options.scope.onClose(stop);
  }

  async recognize(request: RecognitionRequest, signal: AbortSignal): Promise<Recognition> {
    signal.throwIfAborted();
    const answer = await this.#services.ask(request, signal);
    if (answer && 'provider' in answer) return this.#answered(answer, request.language);
    // The configuration may have changed while the services were asked.
    const { usable } = this.#choose(request.language);
    if (usable.length === 0) throw answer?.failure ?? this.#missing(request.language);
    let failure: unknown;
    for (const model of this.#inOrder(usable)) {
      try {
        return await this.#engine(model).use((provider) => this.#inSlots.recognize(provider, request, signal));
      } catch (error) {
        failure = error;
        if (!isUnusable(error)) throw error;
      }
    }
    throw failure;
  }

  async #answered({ text, runMs, provider }: ServiceAnswer, language: LanguageTag): Promise<Recognition> {
    const { id: asr, punctuationMeansEnd } = provider;
    return { text: await this.writtenText(text, language), asr, waitMs: 0, runMs, punctuationMeansEnd };
  }

  takesLive(language: LanguageTag): boolean {
    return this.#services.takesLive(language) || this.#steppingFor(language) !== undefined;
  }

  live(asked: LiveRequest): LiveRecognition | undefined {
    const request = withTranscripts(asked, (text) => this.#correct(text));
    const provider = this.#steppingFor(request.language);
    return provider ? this.#inSlots.live(provider, request) : this.#services.live(request);
  }

  speculated(outcome: 'used' | 'wasted', runMs: number): void {
    this.#inSlots.speculated(outcome, runMs);
  }

  named(id: string): Recognizer {
    const model = this.#modelNamed(id);
    if (this.#settings.named?.has(id) !== true)
      this.options.log.warn(
        'the recogniser of an agent is not in asr.services; the one of the server takes its place',
        {
          problem: 'asr.not_offered',
          recogniser: id,
        },
      );
    // Starts the model's process with the session, not with the first utterance.
    if (model && this.options.models.installed(id)) this.#engine(model);
    return new ChosenRecognizer(id, () => this.#oneNamed(id), this, this.options);
  }

  #oneNamed(id: string): OneRecogniser | undefined {
    const services = this.#named.get(id);
    const model = this.#modelNamed(id);
    const stepping = (): AsrProvider | undefined => this.#stepping(this.#engines.get(id)?.engine);
    if (services)
      return {
        local: false,
        takesLive: (language) => services.takesLive(language),
        live: (request) => services.live(withTranscripts(request, (text) => this.#correct(text))),
        recognize: async (request, signal) => {
          const answer = await services.ask(request, signal);
          if (answer && 'provider' in answer) return this.#answered(answer, request.language);
          throw answer?.failure ?? new ChorusError('asr.failed', speechWords.notAsked(id));
        },
      };
    if (!model) return undefined;
    return {
      local: true,
      takesLive: () => stepping() !== undefined,
      live: (request) => {
        const provider = stepping();
        return (
          provider &&
          this.#inSlots.live(
            provider,
            withTranscripts(request, (text) => this.#correct(text)),
          )
        );
      },
      recognize: async (request, signal) => {
        if (!this.options.models.installed(id) && this.#settings.autoPull) this.options.models.ensure(id);
        return this.#engine(model).use((provider) => this.#inSlots.recognize(provider, request, signal));
      },
    };
  }

  #modelNamed(id: string): AsrModel | undefined {
    return this.#settings.named?.has(id) === true ? this.#models.find((model) => model.id === id) : undefined;
  }

  /** Undefined if a service is used for the language, or if the model can decode only whole recordings now. */
  #steppingFor(language: LanguageTag): AsrProvider | undefined {
    if (this.#serviceFor(language)) return undefined;
    const [model] = this.#inOrder(this.#choose(language).usable);
    return this.#stepping(model && this.#engines.get(model.id)?.engine);
  }

  #stepping(engine: AsrEngine | undefined): AsrProvider | undefined {
    const { poolSize, replicas = false } = this.options;
    // A stream keeps its state in one process. With replicas, its steps might go to different processes.
    if (replicas && poolSize > 1) return undefined;
    return engine?.provider.openSteps && engine.status().state === 'ready' ? engine.provider : undefined;
  }

  #serviceFor(language: LanguageTag): AsrProvider | undefined {
    return this.#services.for(language)[0];
  }

  #choose(
    language: LanguageTag,
    { model }: RecognizerSettings = this.#settings,
  ): { readonly usable: readonly AsrModel[]; readonly wanted: AsrModel | undefined } {
    const { models } = this.options;
    return chooseModels(
      this.#models,
      language,
      ({ id }) => models.installed(id) !== undefined,
      model === 'auto' ? undefined : model,
    );
  }

  ensureFor(language: LanguageTag): void {
    const { scope, log } = this.options;
    scope.fork('load the dictionary of characters', () => prepareTranscripts(language));
    scope.fork(`load a model for ${language}`, async () => {
      try {
        await this.prepare(language);
      } catch (error) {
        if (isCancelled(error)) throw error;
        log.info('no speech model is ready for a language yet', { language, reason: asChorusError(error).message });
      }
    });
  }

  async prepare(language: LanguageTag): Promise<void> {
    this.#languages.add(languageClass(this.#models, language));
    if (this.#serviceFor(language)) return;
    const { usable, wanted } = this.#choose(language);
    if (usable.length === 0) throw this.#missing(language);
    if (wanted) this.#await(wanted, language);
    let failure: unknown;
    for (const model of this.#inOrder(usable)) {
      try {
        await this.#engine(model).engine.start();
        return;
      } catch (error) {
        // The model was retired while it loaded, so the model of the new configuration is prepared.
        if (isCancelled(error) && !this.options.scope.closed) return this.prepare(language);
        failure = error;
      }
    }
    throw failure;
  }

  modelFor(language: LanguageTag): string | undefined {
    return this.#serviceFor(language)?.id ?? this.#choose(language).usable[0]?.id;
  }

  isReady(language: LanguageTag): boolean {
    if (this.#serviceFor(language)) return true;
    return this.#choose(language).usable.some(({ id }) => this.#engines.get(id)?.engine.status().state === 'ready');
  }

  triedCost(language: LanguageTag): number | undefined {
    const id = this.modelFor(language);
    return id === undefined ? undefined : this.#engines.get(id)?.engine.triedCost?.();
  }

  statuses(): readonly EngineStatus[] {
    return [...this.#engines.values()].map(({ engine }) => engine.status());
  }

  /** Corrections come last, because the owner writes them in the characters of the language. */
  async writtenText(heard: string, language: LanguageTag): Promise<string> {
    return this.#correct(await transcript(heard, language));
  }

  /** The best model comes first. Models that cannot be loaded at present come last. */
  #inOrder(models: readonly AsrModel[]): readonly AsrModel[] {
    const failed = (model: AsrModel): boolean => this.#engines.get(model.id)?.engine.status().state === 'failed';
    return [...models.filter((model) => !failed(model)), ...models.filter(failed)];
  }

  #engine(model: AsrModel): HeldEngine {
    const existing = this.#engines.get(model.id);
    if (existing) return existing;
    const engine = this.#hold(model);
    this.#engines.set(model.id, engine);
    engine.start((error) =>
      this.options.log.error('a speech model cannot be loaded', {
        problem: 'asr.model_unloadable',
        model: model.id,
        reason: asChorusError(error).message,
      }),
    );
    return engine;
  }

  /** Does not start the engine. Throws `model.missing`. */
  #hold(model: AsrModel): HeldEngine {
    const installed = this.options.models.installed(model.id);
    if (!installed)
      throw new ChorusError('model.missing', `the speech model ${model.id} is not installed`, {
        details: { id: model.id },
      });
    const scope = this.options.scope.child(`recognition ${model.id}`);
    return new HeldEngine(
      this.#warmed(this.options.openEngine?.(installed) ?? this.#open(installed, model, scope), model, scope),
      scope,
    );
  }

  async prepareChange(settings: RecognizerSettings, trial: boolean): Promise<Change> {
    const wanted = new Map<string, HeldEngine>();
    const services = new ServiceChain(settings.services ?? [], this.options);
    const named = this.#chainsOf(settings);
    const made: HeldEngine[] = [];
    const discard = (): void => {
      for (const engine of made) engine.retire();
    };
    try {
      for (const language of this.#languages) {
        const [model] = this.#choose(language, settings).usable;
        if (services.for(language).length > 0 || !model || wanted.has(model.id)) continue;
        const present = this.#engines.get(model.id);
        const engine = present ?? this.#hold(model);
        if (!present) made.push(engine);
        wanted.set(model.id, engine);
        if (trial) await engine.engine.start();
      }
    } catch (error) {
      discard();
      throw error;
    }
    return { commit: () => this.#take(settings, { services, named }, wanted), discard };
  }

  #chainsOf({ named }: RecognizerSettings): ReadonlyMap<string, ServiceChain> {
    return new Map(
      [...(named ?? [])].flatMap(([id, one]) => (one ? [[id, new ServiceChain([one], this.options)]] : [])),
    );
  }

  #take(
    settings: RecognizerSettings,
    { services, named }: { readonly services: ServiceChain; readonly named: ReadonlyMap<string, ServiceChain> },
    wanted: ReadonlyMap<string, HeldEngine>,
  ): void {
    this.#settings = settings;
    this.#services = services;
    this.#named = named;
    this.#correct = correct(settings.corrections);
    for (const [id, engine] of this.#engines) {
      // A device may have started a second engine of the same model while the wanted engine was loading. The second
      // engine is retired, too.
      if (wanted.get(id) === engine || (!wanted.has(id) && this.#modelNamed(id))) continue;
      this.#engines.delete(id);
      engine.retire();
    }
    for (const [id, engine] of wanted) this.#engines.set(id, engine);
    this.#awaited.clear();
    for (const language of this.#languages) this.ensureFor(language);
  }

  #warmed(engine: AsrEngine, model: AsrModel, scope: Scope): AsrEngine {
    const { warmUpSpeech: speech } = this.options;
    if (!speech) return engine;
    const poolSize = this.#inSlots.poolSize(isOnline(model.spec));
    return warmedEngine(engine, { ...this.options, poolSize, speech, language: model.languages[0] ?? 'en', scope });
  }

  #open(installed: InstalledModel, model: AsrModel, scope: Scope): AsrEngine {
    const { clock, log, metrics, poolSize, replicas = false, threads, niceness } = this.options;
    const open = (slots: number): EngineProcess =>
      createSherpaEngine({
        installed,
        slots,
        clock,
        log,
        metrics,
        scope,
        ...(threads === undefined ? {} : { threads }),
        ...(niceness === undefined ? {} : { niceness }),
      });
    const engine = replicas ? replicated(Array.from({ length: poolSize }, () => open(1))) : open(poolSize);
    return {
      provider: sherpaRecognizer(model).create(engine),
      start: () => engine.start(),
      status: () => engine.status(),
    };
  }

  #loadAwaited(): void {
    for (const language of this.#awaited) {
      if (this.#choose(language).wanted) continue;
      this.#awaited.delete(language);
      this.ensureFor(language);
    }
  }

  #await(model: AsrModel, language: LanguageTag): void {
    this.#awaited.add(languageClass(this.#models, language));
    if (this.#settings.autoPull) this.options.models.ensure(model.id);
  }

  #missing(language: LanguageTag): ChorusError {
    const { wanted } = this.#choose(language);
    if (wanted) this.#await(wanted, language);
    const progress = wanted && this.#settings.autoPull ? this.options.models.progressOf(wanted.id) : undefined;
    return missingModel(language, wanted, progress);
  }
}

const UNUSABLE: readonly string[] = ['engine.failed', 'model.corrupt', 'model.missing'];

function isUnusable(error: unknown): boolean {
  return error instanceof ChorusError && UNUSABLE.includes(error.code);
}
