import type { OfflineModelConfig, OfflineTtsConfig } from '../sherpa/sherpa.js';

/** How the engine loads a recogniser. A new model of a known family needs no code. */
export type AsrSpec = { readonly tokens: string } & (
  | { readonly family: 'moonshine'; readonly encoder: string; readonly mergedDecoder: string }
  | {
      readonly family: 'moonshine-v1';
      readonly preprocessor: string;
      readonly encoder: string;
      readonly uncachedDecoder: string;
      readonly cachedDecoder: string;
    }
  | {
      readonly family: 'sense-voice' | 'paraformer' | 'zipformer-ctc' | 'fire-red-asr-ctc' | 'dolphin';
      readonly model: string;
    }
  | {
      readonly family: 'whisper' | 'fire-red-asr' | 'online-paraformer';
      readonly encoder: string;
      readonly decoder: string;
    }
  | {
      readonly family: 'transducer' | 'online-transducer';
      readonly encoder: string;
      readonly decoder: string;
      readonly joiner: string;
    }
);

/** Online models decode speech while it is spoken. */
export const isOnline = ({ family }: AsrSpec): boolean => family.startsWith('online-');

/** How the engine loads a voice. Files in `ruleFsts` spell out numbers and dates. `dataDir` is espeak-ng's data. */
export type TtsSpec = {
  readonly tokens: string;
  readonly lexicon?: readonly string[];
  readonly dataDir?: string;
  readonly ruleFsts?: readonly string[];
  /** Number of the default speaker. */
  readonly speaker?: number;
} & (
  | { readonly family: 'vits'; readonly model: string }
  | { readonly family: 'matcha'; readonly acousticModel: string; readonly vocoder: string }
  | { readonly family: 'kokoro' | 'kitten'; readonly model: string; readonly voices: string }
);

export interface SpeakerSpec {
  readonly model: string;
}

/** `path` makes an absolute path from the name of a file or folder of the model. */
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
      // The language is `auto`, because children mix languages. ITN writes numbers as digits and adds punctuation.
      return { ...common, senseVoice: { model: path(spec.model), language: 'auto', useInverseTextNormalization: 1 } };
    case 'whisper':
      // An empty language makes Whisper detect it. Whisper needs silence at the end: -1 means sherpa's default of 10 s.
      return { ...common, whisper: { ...coded(spec, path), language: '', task: 'transcribe', tailPaddings: -1 } };
    case 'fire-red-asr':
      return { ...common, fireRedAsr: coded(spec, path) };
    case 'online-paraformer':
      return { ...common, paraformer: coded(spec, path) };
    case 'transducer':
    case 'online-transducer':
      return { ...common, transducer: { ...coded(spec, path), joiner: path(spec.joiner) } };
    default:
      return { ...common, [SINGLE[spec.family]]: { model: path(spec.model) } };
  }
}

/** sherpa-onnx's names for families with a single model file. */
const SINGLE = {
  paraformer: 'paraformer',
  'zipformer-ctc': 'zipformerCtc',
  'fire-red-asr-ctc': 'fireRedAsrCtc',
  dolphin: 'dolphin',
} as const;

const coded = (
  { encoder, decoder }: { readonly encoder: string; readonly decoder: string },
  path: (name: string) => string,
): { readonly encoder: string; readonly decoder: string } => ({ encoder: path(encoder), decoder: path(decoder) });

export function ttsModelConfig(spec: TtsSpec, threads: number, path: (name: string) => string): OfflineTtsConfig {
  const shared = {
    tokens: path(spec.tokens),
    lexicon: (spec.lexicon ?? []).map(path).join(','),
    dataDir: spec.dataDir === undefined ? '' : path(spec.dataDir),
  };
  const run = { numThreads: threads, provider: 'cpu', debug: 0 } as const;
  const family = ((): OfflineTtsConfig['model'] => {
    switch (spec.family) {
      case 'vits':
        return { vits: { model: path(spec.model), ...shared }, ...run };
      case 'matcha':
        return { matcha: { acousticModel: path(spec.acousticModel), vocoder: path(spec.vocoder), ...shared }, ...run };
      case 'kitten':
        return {
          kitten: {
            model: path(spec.model),
            voices: path(spec.voices),
            tokens: shared.tokens,
            dataDir: shared.dataDir,
          },
          ...run,
        };
      default:
        return { kokoro: { model: path(spec.model), voices: path(spec.voices), ...shared }, ...run };
    }
  })();
  return {
    model: family,
    ruleFsts: (spec.ruleFsts ?? []).map(path).join(','),
    // Each sentence is sent alone, so that the first can be played while the second is synthesised.
    maxNumSentences: 1,
  };
}
