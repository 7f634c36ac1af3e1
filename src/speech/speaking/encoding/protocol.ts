import type { VoiceLoudness } from '../../../audio/index.js';
import type { LocalVoiceEngine, LocalVoicePcm, LocalVoiceRequest } from '../../../providers/index.js';
import type { SentenceEncoding } from './sentence-encoder.js';

/** Calls into the speaking process. */
export type SpeakingRequest =
  /** Carries the next bytes of a sentence. */
  | {
      readonly type: 'feed';
      readonly stream: number;
      /** Set with the first bytes. */
      readonly encoding: SentenceEncoding | undefined;
      readonly bytes: Uint8Array;
      readonly last: boolean;
      /**
       * Number of packets to skip. The caller already has them, from a first attempt that was lost with its process.
       */
      readonly skipPackets: number;
    }
  /** Drops the rest of the sentence. */
  | { readonly type: 'drop'; readonly stream: number }
  | { readonly type: 'synthesize'; readonly engine: LocalVoiceEngine; readonly request: LocalVoiceRequest };

export interface FeedResult {
  /** All packets in one buffer, because sending one buffer is cheaper than sending many. */
  readonly packets: Uint8Array;
  readonly lengths: readonly number[];
  /** Loudness of the sentence. Set with its last bytes. Undefined: there was no sound. */
  readonly loudness: VoiceLoudness | undefined;
}

export type SynthesizeResult = LocalVoicePcm;

/** Returns the packets of a result as views of its buffer. */
export function packetsOf({ packets, lengths }: Pick<FeedResult, 'packets' | 'lengths'>): Uint8Array[] {
  const views: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths) {
    views.push(packets.subarray(at, at + length));
    at += length;
  }
  return views;
}

/** Message of `engine.crashed` if the process was replaced meanwhile, so that it does not know the stream. */
export const UNKNOWN_STREAM = 'the speaking process does not know the stream';
