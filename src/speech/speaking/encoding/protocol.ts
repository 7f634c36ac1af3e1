import type { VoiceLoudness } from '../../../audio/index.js';
import type { LocalVoiceEngine, LocalVoicePcm, LocalVoiceRequest } from '../../../providers/index.js';
import type { SentenceEncoding } from './sentence-encoder.js';

/** Calls into the speaking process. */
export type SpeakingRequest =
  /** The next bytes of a sentence. */
  | {
      readonly type: 'feed';
      readonly stream: number;
      /** Present with the first bytes. */
      readonly encoding: SentenceEncoding | undefined;
      readonly bytes: Uint8Array;
      readonly last: boolean;
      /** Packets that the caller has already (its first try was lost with the process). */
      readonly skipPackets: number;
    }
  /** The rest of the sentence is not needed. */
  | { readonly type: 'drop'; readonly stream: number }
  | { readonly type: 'synthesize'; readonly engine: LocalVoiceEngine; readonly request: LocalVoiceRequest };

export interface FeedResult {
  /** All packets in one buffer, one after the other, which is cheaper to send than many buffers. */
  readonly packets: Uint8Array;
  readonly lengths: readonly number[];
  /** Present with the last bytes; undefined when there was no sound. */
  readonly loudness: VoiceLoudness | undefined;
}

export type SynthesizeResult = LocalVoicePcm;

/** The packets of an answer: views of its buffer. */
export function packetsOf({ packets, lengths }: Pick<FeedResult, 'packets' | 'lengths'>): Uint8Array[] {
  const views: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths) {
    views.push(packets.subarray(at, at + length));
    at += length;
  }
  return views;
}

/** `engine.crashed` with this message: the process was replaced and does not know the stream. */
export const UNKNOWN_STREAM = 'the speaking process does not know the stream';
