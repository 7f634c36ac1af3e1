import { readdir, readFile } from 'node:fs/promises';
import { parseWav } from '../../../audio/index.js';

const RATE_HZ = 16_000;

/**
 * Sounds on which two forms of a model are compared (16 kHz): the speech that comes with Chorus, where it is there, and
 * some that always is.
 */
export async function probeSounds(): Promise<readonly Int16Array[]> {
  return [...(await speech()), vowels(RATE_HZ), vowels(3 * RATE_HZ), new Int16Array(RATE_HZ / 2)];
}

async function speech(): Promise<readonly Int16Array[]> {
  const folder = new URL('../../../../assets/speech/', import.meta.url);
  const names = await readdir(folder).catch(() => [] as string[]); // Images may leave the clips out.
  const sounds: Int16Array[] = [];
  for (const name of names.filter((name) => name.endsWith('.wav')).sort()) {
    const { rateHz, pcm } = parseWav(await readFile(new URL(name, folder)));
    if (rateHz === RATE_HZ) sounds.push(pcm);
  }
  return sounds;
}

/** Harmonics of a gliding voice that opens and closes three times a second: loud and quiet, tone and pause. */
function vowels(length: number): Int16Array {
  const pcm = new Int16Array(length);
  let phase = 0;
  for (let i = 0; i < length; i++) {
    const seconds = i / RATE_HZ;
    phase += (2 * Math.PI * (120 + 30 * Math.sin(2 * Math.PI * seconds))) / RATE_HZ;
    const open = Math.max(0, Math.sin(2 * Math.PI * 3 * seconds));
    let sum = 0;
    for (let k = 1; k <= 20; k++) sum += Math.sin(k * phase) / (1 + Math.abs(k - 5 - 3 * Math.sin(4 * seconds)));
    pcm[i] = Math.round(3_000 * open * sum);
  }
  return pcm;
}
