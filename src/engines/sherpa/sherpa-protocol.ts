import type { CheckedFile } from '../models/checked-file.js';
import type { AsrSpec, SpeakerSpec, TtsSpec } from '../models/spec.js';

/** First message to an engine child. */
export type SherpaInit = {
  readonly modelId: string;
  /** Threads per inference. */
  readonly threads: number;
  /** Folder of the model. It resolves names that are not in `files` (folders). */
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
  /** Set for audio of a stream. Undefined: the audio is complete. Only for online models. */
  readonly stream?: StreamStep;
}

/** A step of a stream. It fails if the child does not know the stream, which may have begun in an earlier child. */
export interface StreamStep {
  readonly id: number;
  readonly first: boolean;
  /** `complete`: silence follows, and the text is final. `dropped`: the text is not needed. */
  readonly next: 'more' | 'complete' | 'dropped';
}

export interface AsrAnswer {
  readonly text: string;
  readonly runMs: number;
  /** CPU time of the whole process during the job. It is the job's own time if the job ran alone. */
  readonly processCpuMs: number;
}

export interface SpeakerCall {
  /** 16 kHz mono. */
  readonly pcm: Int16Array;
}

export interface SpeakerAnswer {
  /** Only the direction of the vector identifies the voice. Its length has no meaning. */
  readonly vector: Float32Array;
  readonly runMs: number;
}

export interface TtsCall {
  /** Identifies the events of this call. */
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

/** A part of a voice's audio, sent while the rest is being synthesised. */
export interface TtsPart {
  readonly stream: number;
  readonly sampleRateHz: number;
  /** Mono. */
  readonly pcm: Int16Array;
}
