import { createRequire } from 'node:module';

/**
 * Types of the parts of `sherpa-onnx-node` that Chorus uses, because the package has none. Load the addon only in a
 * child process, because a corrupt model makes the addon abort.
 */
export interface SherpaAddon {
  readonly OfflineRecognizer: { createAsync(config: OfflineRecognizerConfig): Promise<OfflineRecognizer> };
  /** For streaming models. Loads and decodes on the calling thread. */
  readonly OnlineRecognizer: new (config: OnlineRecognizerConfig) => OnlineRecognizer;
  /** Computes on the calling thread. */
  readonly SpeakerEmbeddingExtractor: new (config: SpeakerConfig) => SpeakerEmbeddingExtractor;
  readonly OfflineTts: { createAsync(config: OfflineTtsConfig): Promise<OfflineTts> };
}

export interface OfflineRecognizerConfig {
  readonly featConfig: { readonly sampleRate: number; readonly featureDim: number };
  readonly modelConfig: OfflineModelConfig;
}

interface Coded {
  readonly encoder: string;
  readonly decoder: string;
}
interface Single {
  readonly model: string;
}

/** Exactly one family is set. Paths are absolute. */
export interface OfflineModelConfig {
  readonly moonshine?: {
    readonly encoder: string;
    /** Moonshine version 2. */
    readonly mergedDecoder?: string;
    /** Moonshine version 1, which has these three files instead of `mergedDecoder`. */
    readonly preprocessor?: string;
    readonly uncachedDecoder?: string;
    readonly cachedDecoder?: string;
  };
  readonly senseVoice?: Single & { readonly language: string; readonly useInverseTextNormalization: 0 | 1 };
  readonly whisper?: Coded & {
    readonly language: string;
    readonly task: 'transcribe';
    readonly tailPaddings: number;
  };
  /** One file, or an encoder and a decoder for a streaming model. */
  readonly paraformer?: Single | Coded;
  readonly transducer?: Coded & { readonly joiner: string };
  readonly fireRedAsr?: Coded;
  readonly fireRedAsrCtc?: Single;
  readonly zipformerCtc?: Single;
  readonly dolphin?: Single;
  readonly tokens: string;
  readonly numThreads: number;
  readonly provider: string;
  readonly debug: 0 | 1;
}

export interface OnlineRecognizerConfig extends OfflineRecognizerConfig {
  /** The server's own endpointing decides when an utterance ends. */
  readonly enableEndpoint: 0;
}

export interface OnlineRecognizer {
  createStream(): OnlineStream;
  isReady(stream: OnlineStream): boolean;
  decode(stream: OnlineStream): void;
  getResult(stream: OnlineStream): { readonly text: string };
}

export interface OnlineStream {
  acceptWaveform(waveform: { readonly samples: Float32Array; readonly sampleRate: number }): void;
  inputFinished(): void;
}

export interface SpeakerConfig extends Single {
  readonly numThreads: number;
  readonly provider: string;
  readonly debug: 0 | 1;
}

export interface SpeakerEmbeddingExtractor {
  createStream(): OnlineStream;
  /** Returns false if there is too little audio. */
  isReady(stream: OnlineStream): boolean;
  compute(stream: OnlineStream, enableExternalBuffer: boolean): Float32Array;
}

export interface OfflineRecognizer {
  createStream(): OfflineStream;
  /** Runs in libuv's thread pool and cannot be cancelled. The stream must stay referenced until the promise settles. */
  decodeAsync(stream: OfflineStream): Promise<OfflineResult>;
}

export interface OfflineStream {
  /** Call this once per stream, with the whole utterance. Samples are from -1 to 1. */
  acceptWaveform(waveform: { readonly samples: Float32Array; readonly sampleRate: number }): void;
}

export interface OfflineResult {
  readonly text: string;
  /** A tag such as `<|zh|>` from SenseVoice, empty for other models. */
  readonly lang: string;
}

interface VoiceFiles {
  readonly lexicon: string;
  readonly tokens: string;
  readonly dataDir: string;
}

export interface OfflineTtsConfig {
  readonly model: {
    readonly vits?: VoiceFiles & Single;
    readonly matcha?: VoiceFiles & { readonly acousticModel: string; readonly vocoder: string };
    readonly kokoro?: VoiceFiles & Single & { readonly voices: string };
    readonly kitten?: Omit<VoiceFiles, 'lexicon'> & Single & { readonly voices: string };
    readonly numThreads: number;
    readonly provider: string;
    readonly debug: 0 | 1;
  };
  /** Comma-separated paths of FST files, with rules for numbers, dates and telephone numbers. */
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
