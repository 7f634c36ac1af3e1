import { both, definePlugin, defineVoice, spokenUnits, words, z } from 'xiaozhi-chorus/plugin';

const RATE_HZ = 24_000;
/** Length of a spoken unit, which is a Latin letter: 65 ms. */
const SAMPLES_PER_UNIT = 0.065 * RATE_HZ;
/** A syllable has about three units. */
const SYLLABLE_SAMPLES = 3 * SAMPLES_PER_UNIT;
const CHUNK_SAMPLES = 2400;

const settings = z
  .strictObject({
    pitch_hz: z.number().min(80).max(400).default(160).meta(words('Pitch in Hz.', '音高，单位 Hz。')),
  })
  .meta(words('A voice that hums.', '哼唱的声音。'));

/** Hums the text with a swell per syllable. A real plug-in sends a request to a service here. */
async function* hum(text, pitchHz, signal) {
  const total = /[\p{L}\p{N}]/u.test(text) ? Math.round(spokenUnits(text) * SAMPLES_PER_UNIT) : 0;
  for (let from = 0; from < total; from += CHUNK_SAMPLES) {
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    const pcm = new Int16Array(Math.min(CHUNK_SAMPLES, total - from));
    for (let i = 0; i < pcm.length; i++) {
      const swell = Math.sin((Math.PI * ((from + i) % SYLLABLE_SAMPLES)) / SYLLABLE_SAMPLES) ** 4;
      pcm[i] = 9000 * swell * Math.sin((2 * Math.PI * pitchHz * (from + i)) / RATE_HZ);
    }
    yield new Uint8Array(pcm.buffer);
  }
}

export const humming = defineVoice({
  id: 'hum',
  name: both('Humming', '哼唱'),
  about: both('Hums instead of speaking: an example.', '只哼不说，是一个示例。'),
  local: false,
  automatic: false,
  languages: ['*'],
  settings,
  inTable: { languages: both('any', '任何语言'), needs: both('nothing', '什么都不需要'), sounds: both('hums', '哼唱') },
  create: ({ pitch_hz: pitchHz }) => ({
    id: 'hum',
    languages: ['*'],
    local: false,
    predictMs: (text) => 1 + spokenUnits(text),
    async synthesize({ text }, signal) {
      signal.throwIfAborted();
      return { format: { kind: 'pcm', rateHz: RATE_HZ }, chunks: hum(text, pitchHz, signal) };
    },
  }),
});

export default definePlugin({ apiVersion: 1, providers: [humming] });
