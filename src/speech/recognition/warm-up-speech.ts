import { readFile } from 'node:fs/promises';
import { concatInt16, parseWav } from '../../audio/index.js';

const CLIPS = ['austen-0880', 'austen-0890'];

/**
 * Returns 8.3 s of read speech. The run time of some models depends on the number of words, so the warm-up needs real
 * speech. Speech is cut at any pause from 2.5 s on, so nearly all later audio is shorter. A model's memory then no
 * longer grows after the warm-up (docs/adr/0027-allocator.md).
 */
export async function warmUpSpeech(): Promise<Int16Array> {
  const clips = await Promise.all(
    CLIPS.map((name) => readFile(new URL(`../../../assets/speech/${name}.wav`, import.meta.url))),
  );
  return concatInt16(clips.map((wav) => parseWav(wav).pcm));
}
