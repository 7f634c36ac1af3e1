import type { CheckedFile } from '../models/checked-file.js';
import type { AsrSpec, SpeakerSpec, TtsSpec } from '../models/spec.js';

/** First message to an engine child. */
export type SherpaInit = {
  readonly modelId: string;
  /** Threads of one inference. */
  readonly threads: number;
  /** Folder of the model, for names that are not in `files` (folders). */
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
  /** More audio of a stream; undefined: the audio is complete. Only for models that take speech while it is spoken. */
  readonly stream?: StreamStep;
}

/**
 * A step of a stream. The step fails if the child does not know the stream, which may have begun in a child that has
 * ended.
 */
export interface StreamStep {
  readonly id: number;
  readonly first: boolean;
  /** `complete`: silence follows, and the text is whole. `dropped`: nobody needs the text. */
  readonly next: 'more' | 'complete' | 'dropped';
}

export interface AsrAnswer {
  readonly text: string;
  readonly runMs: number;
  /** CPU time of the whole process meanwhile. It is the job's own if the job ran alone. */
  readonly processCpuMs: number;
}

export interface SpeakerCall {
  /** 16 kHz mono. */
  readonly pcm: Int16Array;
}

export interface SpeakerAnswer {
  /** The direction of the vector is that of the voice; its length means nothing. */
  readonly vector: Float32Array;
  readonly runMs: number;
}

export interface TtsCall {
  /** Names the events of this call. */
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

/** A part of a voice's audio, sent while the rest is being made. */
export interface TtsPart {
  readonly stream: number;
  readonly sampleRateHz: number;
  /** Mono. */
  readonly pcm: Int16Array;
}
