import { SPEECH_TARGET_LUFS, type VoiceLoudness } from '../../audio/index.js';
import type { TtsAudio } from '../../providers/tts/tts-port.js';
import { ALARM_TONE, HINT_TONE } from './speaking-port.js';

const RATE_HZ = 24_000;

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

export const isTone = (text: string): boolean => TONES.has(text);

/** Each note fades in and out to avoid clicks. Returns undefined if the text is no tone. */
export function toneOf(text: string): TtsAudio | undefined {
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
  return { format: { kind: 'pcm', rateHz: RATE_HZ }, chunks: once(new Uint8Array(pcm.buffer)) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}
