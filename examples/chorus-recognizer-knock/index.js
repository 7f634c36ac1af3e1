import { both, definePlugin, defineRecognizer, words, z } from 'xiaozhi-chorus/plugin';

/** Number of samples in 20 ms at 16 kHz. */
const FRAME = 320;
const NUMBERS = ['', 'one knock', 'two knocks', 'three knocks', 'four knocks', 'five knocks'];

const settings = z
  .strictObject({
    level: z.number().min(100).max(30_000).default(3000).meta(words('How loud a knock is.', '敲击声有多大。')),
  })
  .meta(words('Counts knocks.', '数敲击声。'));

/** Counts how often the audio becomes loud. A real plug-in sends a request to a service here. */
function countKnocks(pcm, level) {
  let knocks = 0;
  let loud = false;
  for (let at = 0; at + FRAME <= pcm.length; at += FRAME) {
    const peak = pcm.subarray(at, at + FRAME).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    if (peak >= level && !loud) knocks += 1;
    loud = peak >= level;
  }
  return knocks;
}

export const knocking = defineRecognizer({
  id: 'knock',
  name: both('Knocks', '敲击'),
  about: both('Counts knocks instead of words: an example.', '只数敲击声，是一个示例。'),
  local: false,
  languages: ['*'],
  settings,
  create: ({ level }) => ({
    id: 'knock',
    languages: ['*'],
    local: false,
    punctuationMeansEnd: false,
    predictMs: (audioMs) => 1 + audioMs / 1000,
    async transcribe({ pcm }, signal) {
      signal.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      // Less than 100 ms of audio contains no knock.
      const knocks = pcm.length < 1600 ? 0 : countKnocks(pcm, level);
      return { text: NUMBERS[knocks] ?? 'many knocks', runMs: 1 };
    },
  }),
});

export default definePlugin({ apiVersion: 1, providers: [knocking] });
