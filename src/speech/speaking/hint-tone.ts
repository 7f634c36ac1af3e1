import { SPEECH_TARGET_LUFS, type VoiceLoudness } from '../../audio/index.js';
import type { TtsAudio } from '../../providers/tts/tts-port.js';

const RATE_HZ = 24_000;
/** Two notes, a fourth apart, in Hz. */
const NOTES = [523.25, 698.46];
const NOTE_MS = 180;
/** Peak amplitude: about 10 dB softer than speech. */
const AMPLITUDE = 0.055;

/** The tone is not brought to the loudness of speech: it gets the gain of a voice that has that loudness already. */
export const HINT_TONE_LOUDNESS: VoiceLoudness = { power: 10 ** ((SPEECH_TARGET_LUFS + 0.691) / 10), blocks: 1 };

/** Makes the tone: 360 ms, each note swells and fades, so that nothing clicks. */
export function hintTone(): TtsAudio {
  const perNote = (RATE_HZ * NOTE_MS) / 1000;
  const pcm = new DataView(new ArrayBuffer(2 * NOTES.length * perNote));
  for (const [n, hz] of NOTES.entries())
    for (let i = 0; i < perNote; i++) {
      const swell = Math.sin((Math.PI * i) / perNote) ** 2;
      const value = AMPLITUDE * swell * Math.sin((2 * Math.PI * hz * i) / RATE_HZ);
      pcm.setInt16(2 * (n * perNote + i), Math.round(32_767 * value), true);
    }
  return { format: { kind: 'pcm', rateHz: RATE_HZ }, chunks: once(new Uint8Array(pcm.buffer)) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}
