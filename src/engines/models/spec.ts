import type { OfflineModelConfig, OfflineTtsConfig } from '../sherpa/sherpa.js';

/**
 * How to run a recognition model: its family and the names of its files within the model's folder. A new model of a
 * family is data, not code.
 */
export type AsrSpec = { readonly tokens: string } & (
  | { readonly family: 'moonshine'; readonly encoder: string; readonly mergedDecoder: string }
  | {
      readonly family: 'moonshine-v1';
      readonly preprocessor: string;
      readonly encoder: string;
      readonly uncachedDecoder: string;
      readonly cachedDecoder: string;
    }
  | { readonly family: 'sense-voice'; readonly model: string }
  | { readonly family: 'whisper'; readonly encoder: string; readonly decoder: string }
  | { readonly family: 'paraformer'; readonly model: string }
  | { readonly family: 'transducer'; readonly encoder: string; readonly decoder: string; readonly joiner: string }
  | { readonly family: 'zipformer-ctc'; readonly model: string }
);

/** The same for voices. `ruleFsts` spell out numbers and dates, `dataDir` is espeak-ng's, where a voice needs it. */
export type TtsSpec = {
  readonly tokens: string;
  readonly lexicon?: readonly string[];
  readonly dataDir?: string;
  readonly ruleFsts?: readonly string[];
  /** Number of the speaker that is used unless a request names one. */
  readonly speaker?: number;
} & (
  | { readonly family: 'vits'; readonly model: string }
  | { readonly family: 'matcha'; readonly acousticModel: string; readonly vocoder: string }
  | { readonly family: 'kokoro'; readonly model: string; readonly voices: string }
);

/** `path` gives the absolute path of a file or folder of the model. */
export function asrModelConfig(spec: AsrSpec, threads: number, path: (name: string) => string): OfflineModelConfig {
  const common = { tokens: path(spec.tokens), numThreads: threads, provider: 'cpu', debug: 0 } as const;
  switch (spec.family) {
    case 'moonshine':
      return { ...common, moonshine: { encoder: path(spec.encoder), mergedDecoder: path(spec.mergedDecoder) } };
    case 'moonshine-v1':
      return {
        ...common,
        moonshine: {
          preprocessor: path(spec.preprocessor),
          encoder: path(spec.encoder),
          uncachedDecoder: path(spec.uncachedDecoder),
          cachedDecoder: path(spec.cachedDecoder),
        },
      };
    case 'sense-voice':
      // `auto` because children mix languages; ITN writes numbers as digits and sets punctuation.
      return { ...common, senseVoice: { model: path(spec.model), language: 'auto', useInverseTextNormalization: 1 } };
    case 'whisper':
      // An empty language is detected from the audio. Whisper wants silence at the end (sherpa's default: 10 s of it).
      return {
        ...common,
        whisper: {
          encoder: path(spec.encoder),
          decoder: path(spec.decoder),
          language: '',
          task: 'transcribe',
          tailPaddings: -1,
        },
      };
    case 'paraformer':
      return { ...common, paraformer: { model: path(spec.model) } };
    case 'transducer':
      return {
        ...common,
        transducer: { encoder: path(spec.encoder), decoder: path(spec.decoder), joiner: path(spec.joiner) },
      };
    case 'zipformer-ctc':
      return { ...common, zipformerCtc: { model: path(spec.model) } };
    default:
      return unknownFamily(spec);
  }
}

export function ttsModelConfig(spec: TtsSpec, threads: number, path: (name: string) => string): OfflineTtsConfig {
  const shared = {
    tokens: path(spec.tokens),
    lexicon: (spec.lexicon ?? []).map(path).join(','),
    dataDir: spec.dataDir === undefined ? '' : path(spec.dataDir),
  };
  const family = ((): Omit<OfflineTtsConfig['model'], 'numThreads' | 'provider' | 'debug'> => {
    switch (spec.family) {
      case 'vits':
        return { vits: { model: path(spec.model), ...shared } };
      case 'matcha':
        return { matcha: { acousticModel: path(spec.acousticModel), vocoder: path(spec.vocoder), ...shared } };
      case 'kokoro':
        return { kokoro: { model: path(spec.model), voices: path(spec.voices), ...shared } };
      default:
        return unknownFamily(spec);
    }
  })();
  return {
    model: { ...family, numThreads: threads, provider: 'cpu', debug: 0 },
    ruleFsts: (spec.ruleFsts ?? []).map(path).join(','),
    // Each sentence becomes a part of its own, so that the first is heard while the next is made.
    maxNumSentences: 1,
  };
}

/** Names of the files (not folders) that a specification mentions. */
export function specFiles(spec: AsrSpec | TtsSpec): readonly string[] {
  const files: string[] = [];
  for (const [key, value] of Object.entries(spec)) {
    if (key === 'family' || key === 'dataDir') continue;
    if (typeof value === 'string') files.push(value);
    else if (Array.isArray(value)) files.push(...(value as string[]));
  }
  return files;
}

function unknownFamily(spec: never): never {
  throw new TypeError(`unknown model family: ${JSON.stringify(spec)}`);
}
