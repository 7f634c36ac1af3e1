import { createRequire } from 'node:module';

/**
 * Types of the part of `sherpa-onnx-node` that is used here: the package has none. Field names are the addon's. Load it
 * only in a child process: it aborts the process on a corrupt model.
 */
export interface SherpaAddon {
  readonly OfflineRecognizer: { createAsync(config: OfflineRecognizerConfig): Promise<OfflineRecognizer> };
  readonly OfflineTts: { createAsync(config: OfflineTtsConfig): Promise<OfflineTts> };
}

export interface OfflineRecognizerConfig {
  readonly featConfig: { readonly sampleRate: number; readonly featureDim: number };
  readonly modelConfig: OfflineModelConfig;
}

/** One of the families, its tokens, and how to run it. Paths are absolute. */
export interface OfflineModelConfig {
  readonly moonshine?: {
    readonly encoder: string;
    readonly mergedDecoder: string;
  };
  readonly senseVoice?: {
    readonly model: string;
    readonly language: string;
    readonly useInverseTextNormalization: 0 | 1;
  };
  readonly whisper?: {
    readonly encoder: string;
    readonly decoder: string;
    readonly language: string;
    readonly task: 'transcribe';
    readonly tailPaddings: number;
  };
  readonly paraformer?: { readonly model: string };
  readonly tokens: string;
  readonly numThreads: number;
  readonly provider: string;
  readonly debug: 0 | 1;
}

export interface OfflineRecognizer {
  createStream(): OfflineStream;
  /** Runs in libuv's pool; cannot be cancelled. The stream must stay referenced until it settles. */
  decodeAsync(stream: OfflineStream): Promise<OfflineResult>;
}

export interface OfflineStream {
  /** Once per stream, with the whole utterance; samples are -1..1. Computes the features synchronously. */
  acceptWaveform(waveform: { readonly samples: Float32Array; readonly sampleRate: number }): void;
}

export interface OfflineResult {
  readonly text: string;
  /** SenseVoice: `<|zh|>` and the like; else empty. */
  readonly lang: string;
}

export interface OfflineTtsConfig {
  readonly model: {
    readonly vits: {
      readonly model: string;
      readonly lexicon: string;
      readonly tokens: string;
      readonly dataDir: string;
    };
    readonly numThreads: number;
    readonly provider: string;
    readonly debug: 0 | 1;
  };
  /** Rules for numbers, dates and telephone numbers: paths of FST files, comma separated. */
  readonly ruleFsts: string;
  readonly maxNumSentences: number;
}

export interface OfflineTts {
  readonly sampleRate: number;
  readonly numSpeakers: number;
  generateAsync(request: {
    readonly text: string;
    readonly sid: number;
    readonly speed: number;
    readonly enableExternalBuffer: boolean;
  }): Promise<{ readonly samples: Float32Array; readonly sampleRate: number }>;
}

export function loadSherpa(): SherpaAddon {
  return createRequire(import.meta.url)('sherpa-onnx-node') as SherpaAddon;
}
