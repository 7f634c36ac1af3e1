import { SPEECH_TARGET_LUFS, type SpeechFormat, type VoiceLoudness } from '../../audio/index.js';
import type { SpeechEncoder, SpeechSource } from './encoding/speech-encoder.js';
import { ALARM_TONE, HINT_TONE } from './speaking-port.js';

const RATE_HZ = 24_000;
const PAUSE_AFTER_MS = 120;

interface Tone {
  /** Notes in Hz, one after the other. 0 is silence. */
  readonly notes: readonly number[];
  readonly noteMs: number;
  /** Peak, as a share of full scale. */
  readonly amplitude: number;
}

const RING = [880, 1108.73, 880, 1108.73, 0, 0];
const TONES: ReadonlyMap<string, Tone> = new Map([
  // Two notes a fourth apart, about 10 dB softer than speech.
  [HINT_TONE, { notes: [523.25, 698.46], noteMs: 180, amplitude: 0.055 }],
  // The ring sounds twice, as loud as speech.
  [ALARM_TONE, { notes: [...RING, ...RING], noteMs: 120, amplitude: 0.34 }],
]);

/** Tells the encoder that a tone already has the loudness of speech, so that tones are not made louder. */
export const TONE_LOUDNESS: VoiceLoudness = { power: 10 ** ((SPEECH_TARGET_LUFS + 0.691) / 10), blocks: 1 };

/** Each note fades in and out to avoid clicks. Returns undefined if the text is no tone. */
export function toneOf(text: string): { readonly format: SpeechFormat; readonly bytes: Uint8Array } | undefined {
  const tone = TONES.get(text);
  if (!tone) return undefined;
  const { notes, noteMs, amplitude } = tone;
  const perNote = (RATE_HZ * noteMs) / 1000;
  const pcm = new DataView(new ArrayBuffer(2 * notes.length * perNote));
  for (const [n, hz] of notes.entries())
    for (let i = 0; i < perNote; i++) {
      const swell = Math.sin((Math.PI * i) / perNote) ** 2;
      const value = amplitude * swell * Math.sin((2 * Math.PI * hz * i) / RATE_HZ);
      pcm.setInt16(2 * (n * perNote + i), Math.round(32_767 * value), true);
    }
  return { format: { kind: 'pcm', rateHz: RATE_HZ }, bytes: new Uint8Array(pcm.buffer) };
}

/** Yields the packets of a tone, which needs no voice. Returns undefined if the text is no tone. */
export function encodeTone(
  encoder: SpeechEncoder,
  text: string,
  signal: AbortSignal,
): AsyncGenerator<readonly Uint8Array[], void> | undefined {
  const tone = toneOf(text);
  if (!tone) return undefined;
  const { format, bytes } = tone;
  const request = { format, voiceKey: 'tone', loudness: TONE_LOUDNESS, trailingMs: PAUSE_AFTER_MS };
  return encoder.encode(request, sourceOf(bytes), signal);
}

function sourceOf(bytes: Uint8Array): SpeechSource {
  let left = bytes;
  return {
    take(maxBytes) {
      const piece = left.subarray(0, maxBytes);
      left = left.subarray(maxBytes);
      return Promise.resolve({ bytes: piece, last: left.length === 0 });
    },
  };
}
