import type { CheckedFile } from '../models/checked-file.js';
import type { AsrSpec, SpeakerSpec, TtsSpec } from '../models/spec.js';

/** First message to an engine process. */
export type SherpaInit = {
  readonly modelId: string;
  /** Threads per inference. */
  readonly threads: number;
  /** Folder of the model. Names that are not in `files` (those of folders) are resolved in it. */
  readonly directory: string;
  readonly files: readonly CheckedFile[];
} & (
  | { readonly kind: 'asr'; readonly spec: AsrSpec }
  | { readonly kind: 'tts'; readonly spec: TtsSpec }
  | { readonly kind: 'speaker'; readonly spec: SpeakerSpec }
);

export interface AsrCall {
  /** Audio, 16 kHz mono. */
  readonly pcm: Int16Array;
  /** Set if the audio is a step of a stream, which only streaming models accept. Undefined: the audio is complete. */
  readonly stream?: StreamStep;
}

/**
 * A step of a stream. It fails if the process does not know the stream, for example because an earlier process began
 * it.
 */
export interface StreamStep {
  readonly id: number;
  readonly first: boolean;
  /** `complete`: silence follows, and the text is final. `dropped`: the text is not needed any more. */
  readonly next: 'more' | 'complete' | 'dropped';
}

export interface AsrAnswer {
  readonly text: string;
  readonly runMs: number;
  /** CPU time of the whole process during the job. If no other job ran meanwhile, it is the CPU time of the job. */
  readonly processCpuMs: number;
}

export interface SpeakerCall {
  /** Audio, 16 kHz mono. */
  readonly pcm: Int16Array;
}

export interface SpeakerAnswer {
  /** Only the direction of the vector identifies the voice. Its length has no meaning. */
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

/** A part of a voice's audio, sent while the rest is being synthesised. */
export interface TtsPart {
  readonly stream: number;
  readonly sampleRateHz: number;
  /** Audio, mono. */
  readonly pcm: Int16Array;
}
