import type { PlaybackFigures } from './playback-queue.js';

/** Audio is sent in the format that devices use: Opus at 16 kHz, 60 ms per packet (docs/protocol.md). */
export const UPLINK_RATE_HZ = 16_000;
export const FRAME_MS = 60;
export const FRAME_SAMPLES = (UPLINK_RATE_HZ * FRAME_MS) / 1000;

export const MICROPHONE_PROCESSOR = 'chorus-microphone';
export const PLAYER_PROCESSOR = 'chorus-player';

/** A message from the thread that records: one frame of {@link FRAME_SAMPLES} samples, or the answer to a flush. */
export type FromMicrophone =
  | { readonly type: 'frame'; readonly samples: Float32Array<ArrayBuffer> }
  | { readonly type: 'flushed' };
export type ToMicrophone = { readonly type: 'flush' };

export type ToPlayer =
  | { readonly type: 'begin' | 'end' | 'flush' }
  | { readonly type: 'samples'; readonly samples: Float32Array<ArrayBuffer> };

export type FromPlayer =
  | { readonly type: 'figures'; readonly figures: PlaybackFigures }
  /** The last sample of a reply was played. */
  | { readonly type: 'over'; readonly figures: PlaybackFigures };
