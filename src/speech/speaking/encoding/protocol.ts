import type { VoiceLoudness } from '../../../audio/index.js';
import type { LocalVoiceEngine, LocalVoicePcm, LocalVoiceRequest } from '../../../providers/index.js';
import type { SentenceEncoding } from './sentence-encoder.js';

export type SpeakingRequest =
  | {
      readonly type: 'feed';
      readonly stream: number;
      /** Set only with the first bytes of the stream. */
      readonly encoding: SentenceEncoding | undefined;
      readonly bytes: Uint8Array;
      readonly last: boolean;
      /** Number of packets that the caller already has from a first attempt. */
      readonly skipPackets: number;
    }
  | { readonly type: 'drop'; readonly stream: number }
  | { readonly type: 'synthesize'; readonly engine: LocalVoiceEngine; readonly request: LocalVoiceRequest };

export interface FeedResult {
  /** All packets in one buffer, which is cheaper to send than many buffers. */
  readonly packets: Uint8Array;
  readonly lengths: readonly number[];
  /** Loudness of the sentence, set with its last bytes. Undefined if there was no sound. */
  readonly loudness: VoiceLoudness | undefined;
}

export type SynthesizeResult = LocalVoicePcm;

/** The packets are views of the result's buffer. */
export function packetsOf({ packets, lengths }: Pick<FeedResult, 'packets' | 'lengths'>): Uint8Array[] {
  const views: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths) {
    views.push(packets.subarray(at, at + length));
    at += length;
  }
  return views;
}

/** Message of `engine.crashed` from a new process that does not know the stream. */
export const UNKNOWN_STREAM = 'the speaking process does not know the stream';
