/** Sample rate of all input: uplink, VAD, ASR. */
export const LISTEN_RATE_HZ = 16_000;
/** Sample rate of all speech output; most boards play 24 kHz without resampling (docs/protocol.md 4.2). */
export const SPEAK_RATE_HZ = 24_000;
/** Duration of an Opus packet in both directions (docs/protocol.md 4.1, 4.2). */
export const FRAME_MS = 60;

/** Encoding of a chunk of synthesised speech. PCM is signed 16-bit little-endian mono. */
export type SpeechFormat =
  | { readonly kind: 'pcm'; readonly rateHz: number }
  /** A RIFF file; its header says the rate. */
  | { readonly kind: 'wav' }
  | { readonly kind: 'mp3' }
  | { readonly kind: 'flac' }
  /** Vorbis or Opus in Ogg. */
  | { readonly kind: 'ogg' };
