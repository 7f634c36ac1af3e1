import { readFile } from 'node:fs/promises';
import { parseWav } from '../voice/audio/index.js';

/** 5.3 s of read speech from the package: as long as what people say at a time, and words in it, since some models take longer for more of them. */
export async function warmUpSpeech(): Promise<Int16Array> {
  return parseWav(await readFile(new URL('../../assets/speech/austen-0890.wav', import.meta.url))).pcm;
}
