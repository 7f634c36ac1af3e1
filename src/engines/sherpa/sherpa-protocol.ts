import type { CheckedFile } from '../models/checked-file.js';
import type { AsrSpec, SpeakerSpec, TtsSpec } from '../models/spec.js';

/** First message to an engine process. */
export type SherpaInit = {
  readonly modelId: string;
  /** Threads per inference. */
  readonly threads: number;
  /** Folder of the model. Names that are not in `files` are resolved in this folder. */
  readonly directory: string;
  readonly files: readonly CheckedFile[];
} & (
  | { readonly kind: 'asr'; readonly spec: AsrSpec }
  | { readonly kind: 'tts'; readonly spec: TtsSpec }
  | { readonly kind: 'speaker'; readonly spec: SpeakerSpec }
);

export interface AsrCall {
  /** 16 kHz mono. */
  readonly pcm: Int16Array;
  /** Undefined if the audio is complete. Only streaming models accept steps. */
  readonly stream?: StreamStep;
}

/** A step of a stream. Fails if another process began the stream. */
export interface StreamStep {
  readonly id: number;
  readonly first: boolean;
  /** `complete` makes the text final. `dropped` means that nobody needs the text. */
  readonly next: 'more' | 'complete' | 'dropped';
}

export interface AsrAnswer {
  readonly text: string;
  readonly runMs: number;
  /** CPU time of the whole process during the job, other jobs included. */
  readonly processCpuMs: number;
}

export interface SpeakerCall {
  /** 16 kHz mono. */
  readonly pcm: Int16Array;
}

export interface SpeakerAnswer {
  /** Only the direction of the vector identifies the voice. */
  readonly vector: Float32Array;
  readonly runMs: number;
}

export interface TtsCall {
  /** Identifies this call in its events. */
  readonly stream: number;
  readonly text: string;
  readonly speaker: number | undefined;
  readonly speed: number;
}

export interface TtsAnswer {
  readonly sampleRateHz: number;
  readonly samples: number;
  readonly runMs: number;
}

/** Audio that is sent while the rest is being synthesised. */
export interface TtsPart {
  readonly stream: number;
  readonly sampleRateHz: number;
  /** Mono. */
  readonly pcm: Int16Array;
}
