/** All audio from devices has this rate. Voice activity detection and recognition use it, too. */
export const LISTEN_RATE_HZ = 16_000;
export const LISTEN_SAMPLES_PER_MS = LISTEN_RATE_HZ / 1000;
/** Most boards play 24 kHz without resampling (docs/protocol.md 4.2). */
export const SPEAK_RATE_HZ = 24_000;
/** Duration of an Opus packet in both directions (docs/protocol.md 4.1, 4.2). */
export const FRAME_MS = 60;

/** Encoding of synthesised speech. PCM is signed 16-bit little-endian mono. */
export type SpeechFormat =
  | { readonly kind: 'pcm'; readonly rateHz: number }
  /** A RIFF file. Its header states the rate. */
  | { readonly kind: 'wav' }
  | { readonly kind: 'mp3' }
  | { readonly kind: 'flac' }
  /** Vorbis or Opus in an Ogg container. */
  | { readonly kind: 'ogg' };

export const isWav = (first: Uint8Array): boolean => Buffer.from(first.subarray(0, 4)).toString('latin1') === 'RIFF';

export const isPlayableRate = (rateHz: number): boolean =>
  Number.isInteger(rateHz) && rateHz >= 8_000 && rateHz <= 48_000;
