import { LISTEN_RATE_HZ } from './format.js';
import { resampleInt16 } from './resample.js';
import { parseWav } from './wav.js';

const MOST_S = 10;

/** Converts a WAV file for speech models. Returns at most 10 s of 16 kHz mono. Errors: `audio.undecodable`. */
export async function speechOfWav(bytes: Uint8Array): Promise<Int16Array> {
  const { pcm, rateHz } = parseWav(bytes);
  return resampleInt16(pcm.subarray(0, MOST_S * rateHz), rateHz, LISTEN_RATE_HZ);
}
