import { LISTEN_RATE_HZ } from './format.js';
import { resampleInt16 } from './resample.js';
import { parseWav } from './wav.js';

/** Only this many seconds of a speech file are used. */
const MOST_S = 10;

/** Converts a WAV file for speech models: 16 kHz mono, first 10 s only. Errors: `audio.undecodable`. */
export async function speechOfWav(bytes: Uint8Array): Promise<Int16Array> {
  const { pcm, rateHz } = parseWav(bytes);
  return resampleInt16(pcm.subarray(0, MOST_S * rateHz), rateHz, LISTEN_RATE_HZ);
}
