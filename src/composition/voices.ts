import type { Config } from '../config/index.js';
import {
  type Clock,
  type HttpClient,
  type LanguageTag,
  type Logger,
  type Metrics,
  primarySubtag,
  type Scope,
} from '../core/index.js';
import {
  edgeTts,
  espeakTts,
  fliteTts,
  openAiTts,
  voiceOrder,
  withProbe,
  type TtsProvider,
} from '../providers/tts/index.js';
import { sherpaTts } from '../providers/tts/sherpa/sherpa-tts.js';
import type { ModelStore, TtsModel } from '../engines/index.js';
import type { SpeechEncoder } from '../speech/speaking/index.js';

export interface VoicesOptions {
  readonly config: Config['tts'];
  /** Fetch the model of a voice that was chosen, or that a device needs (`models.auto_pull`). */
  readonly autoPull: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly encoder: SpeechEncoder;
  readonly models: ModelStore;
  readonly slotCount: number;
  /** For a voice that is asked by HTTP; default: the global `fetch`. */
  readonly http?: HttpClient;
  /** Of one synthesis; default 1. */
  readonly threads?: number | undefined;
  /** Those of {@link localVoices}, where several configurations share them; default: own ones. */
  readonly local?: readonly TtsProvider[];
}

/** The voice that was chosen (`tts.provider`) has no model here. */
export interface MissingVoice {
  readonly id: string;
  /** It is being fetched; otherwise somebody has to. */
  readonly fetching: boolean;
  /** Who speaks until it is there, in the order in which they are asked. */
  readonly meanwhile: readonly string[];
}

export interface Voices {
  /** Best first; the lane takes the first that speaks a device's language and falls back along the list. */
  readonly providers: readonly TtsProvider[];
  /** Ids of those that can speak now. */
  names(): readonly string[];
  missing(): MissingVoice | undefined;
  /** A device of that language is here: fetch the voice that it should have. Returns at once. */
  ensureFor(language: LanguageTag): void;
}

/** The voices of the configuration. Who chose a voice of this machine is never spoken to through a cloud one. */
export function composeVoices(options: VoicesOptions): Voices {
  const { config, clock, encoder, models, autoPull, http } = options;
  const local = ttsModels(models);
  const neural = options.local ?? localVoices(options);
  const cloudAllowed = ['auto', 'edge', 'openai'].includes(config.provider);
  const { edge, openai } = config;
  const providers = voiceOrder(
    {
      ...(cloudAllowed && { edge: probedEdge(edge, config.rate, options) }),
      ...(config.provider === 'openai' && {
        openai: openAiTts({
          clock,
          baseUrl: openai.base_url,
          model: openai.model,
          voice: openai.voice,
          concurrency: openai.max_concurrent,
          rate: config.rate,
          ...(openai.api_key === undefined ? {} : { apiKey: openai.api_key }),
          ...(http && { http }),
        }),
      }),
      neural,
      flite: fliteTts({ clock, client: encoder.synthesize, rate: config.rate }),
      espeak: espeakTts({ clock, client: encoder.synthesize, rate: config.rate }),
    },
    { provider: config.provider, offline: !cloudAllowed },
  );
  const names = (): readonly string[] =>
    providers.filter((provider) => provider.languages.length > 0).map((provider) => provider.id);
  const chosen = local.find((model) => model.id === config.provider);
  if (chosen && autoPull) models.ensure(chosen.id);
  return {
    providers,
    names,
    missing: () =>
      chosen && models.installed(chosen.id) === undefined
        ? { id: chosen.id, fetching: autoPull, meanwhile: names() }
        : undefined,
    ensureFor(language) {
      const model = autoPull ? lacking(local, providers, language) : undefined;
      if (model) models.ensure(model.id);
    },
  };
}

/** The neural voices of the catalogue, each in a process of its own that is started at its first use. */
export function localVoices({
  models,
  slotCount,
  threads = 1,
  clock,
  log,
  metrics,
  scope,
}: Pick<
  VoicesOptions,
  'models' | 'slotCount' | 'threads' | 'clock' | 'log' | 'metrics' | 'scope'
>): readonly TtsProvider[] {
  return ttsModels(models).map((model) =>
    whenInstalled(sherpaTts({ model, models, slots: slotCount, threads, clock, log, metrics, scope }), models),
  );
}

function ttsModels(models: ModelStore): readonly TtsModel[] {
  return models.catalogue.filter((model) => model.kind === 'tts');
}

/** A voice whose model may come later (`chorus models pull`, also by another process): until then it speaks no language. */
function whenInstalled(voice: TtsProvider, models: Pick<ModelStore, 'installed'>): TtsProvider {
  return {
    id: voice.id,
    get languages() {
      return models.installed(voice.id) === undefined ? [] : voice.languages;
    },
    local: voice.local,
    ...(voice.pool && { pool: voice.pool }),
    predictMs: (text) => voice.predictMs(text),
    synthesize: (request, signal) => voice.synthesize(request, signal),
  };
}

/** The voice to fetch for a language that no voice of this machine names: espeak, which speaks them all, is a last resort. */
function lacking(
  local: readonly TtsModel[],
  providers: readonly TtsProvider[],
  language: LanguageTag,
): TtsModel | undefined {
  const primary = primarySubtag(language);
  if (providers.some((provider) => provider.local && provider.id !== 'espeak' && provider.languages.includes(primary)))
    return undefined;
  return local.find((model) => model.auto && model.languages.includes(primary));
}

/** Without internet Edge must cost nobody a second: it is asked in the background whether it can be reached. */
function probedEdge(edge: Config['tts']['edge'], rate: number, { clock, log, scope }: VoicesOptions): TtsProvider {
  const provider = edgeTts({
    clock,
    url: edge.url,
    concurrency: edge.max_concurrent,
    rate,
    ...(edge.version === undefined ? {} : { version: edge.version }),
  });
  return withProbe(provider, { clock, log, scope, probe: (signal) => provider.probe(signal) });
}
