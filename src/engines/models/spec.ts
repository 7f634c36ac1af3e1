import type { OfflineModelConfig, OfflineTtsConfig } from '../sherpa/sherpa.js';

/**
 * How to run a recognition model: its family and the names of its files within the model's folder. A new model of a
 * family is data, not code.
 */
export type AsrSpec = { readonly tokens: string } & (
  | { readonly family: 'moonshine'; readonly encoder: string; readonly mergedDecoder: string }
  | { readonly family: 'sense-voice'; readonly model: string }
  | { readonly family: 'whisper'; readonly encoder: string; readonly decoder: string }
  | { readonly family: 'paraformer'; readonly model: string }
);

/** A VITS voice. `ruleFsts` spell out numbers and dates, `dataDir` is espeak-ng's, where a voice needs it. */
export interface TtsSpec {
  readonly model: string;
  readonly tokens: string;
  readonly lexicon?: readonly string[];
  readonly dataDir?: string;
  readonly ruleFsts?: readonly string[];
  /** Number of the speaker that is used unless a request names one. */
  readonly speaker?: number;
}

/** `path` gives the absolute path of a file or folder of the model. */
export function asrModelConfig(spec: AsrSpec, threads: number, path: (name: string) => string): OfflineModelConfig {
  const common = { tokens: path(spec.tokens), numThreads: threads, provider: 'cpu', debug: 0 } as const;
  switch (spec.family) {
    case 'moonshine':
      return { ...common, moonshine: { encoder: path(spec.encoder), mergedDecoder: path(spec.mergedDecoder) } };
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
    default:
      return { ...common, paraformer: { model: path(spec.model) } };
  }
}

export function ttsModelConfig(spec: TtsSpec, threads: number, path: (name: string) => string): OfflineTtsConfig {
  return {
    model: {
      vits: {
        model: path(spec.model),
        tokens: path(spec.tokens),
        lexicon: (spec.lexicon ?? []).map(path).join(','),
        dataDir: spec.dataDir === undefined ? '' : path(spec.dataDir),
      },
      numThreads: threads,
      provider: 'cpu',
      debug: 0,
    },
    ruleFsts: (spec.ruleFsts ?? []).map(path).join(','),
    // Each sentence becomes a part of its own, so that the first is heard while the next is made.
    maxNumSentences: 1,
  };
}
