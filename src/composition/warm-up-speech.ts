import { readFile } from 'node:fs/promises';
import { concatInt16, parseWav } from '../audio/index.js';

const CLIPS = ['austen-0880', 'austen-0890'];

/**
 * 8.3 s of read speech from the package, with words in it, since some models take longer for more of them. Longer than nearly all that comes in one piece, which is cut at
 * any pause from 2.5 s on. The memory that a model takes grows with the longest pieces that were decoded at once; so it has grown when the server is ready
 * (docs/adr/0027-allocator.md).
 */
export async function warmUpSpeech(): Promise<Int16Array> {
  const clips = await Promise.all(
    CLIPS.map((name) => readFile(new URL(`../../assets/speech/${name}.wav`, import.meta.url))),
  );
  return concatInt16(clips.map((wav) => parseWav(wav).pcm));
}
