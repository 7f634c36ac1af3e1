import { LISTEN_RATE_HZ } from './format.js';
import { resampleInt16 } from './resample.js';
import { parseWav } from './wav.js';

/** Converts a WAV file for models of speech: 16 kHz mono, at most `mostS` seconds. Errors: `audio.undecodable`. */
export async function speechOfWav(bytes: Uint8Array, mostS: number): Promise<Int16Array> {
  const { pcm, rateHz } = parseWav(bytes);
  return resampleInt16(pcm.subarray(0, mostS * rateHz), rateHz, LISTEN_RATE_HZ);
}
